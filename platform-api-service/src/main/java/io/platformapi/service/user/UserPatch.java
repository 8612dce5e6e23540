package io.platformapi.service.user;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Body of {@code PATCH /v1/users/{id}}, a merge patch (RFC 7396): what is absent (here null) stays,
 * JSON's null removes, an attribute is merged by its name, everything else is replaced.
 *
 * @param status {@code suspended} or {@code active}
 */
public record UserPatch(
    JsonNode subject,
    JsonNode email,
    JsonNode displayName,
    JsonNode status,
    JsonNode roles,
    JsonNode attributes) {

  /** Personal data stays out of logs. */
  @Override
  public String toString() {
    return "UserPatch[]";
  }
}
