package io.platformapi.service.user;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * Body of {@code POST /v1/users}; what may be absent is null.
 *
 * @param subject {@code sub} of its tokens; this or the email is needed
 * @param email unique in the tenant, whatever its case
 * @param displayName what people call it
 * @param roles names of its roles
 * @param attributes what policies read of it, see {@link Attributes}
 */
public record NewUser(
    String subject, String email, String displayName, List<String> roles, JsonNode attributes) {

  /** Personal data stays out of logs. */
  @Override
  public String toString() {
    return "NewUser[]";
  }
}
