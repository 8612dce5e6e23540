package io.platformapi.service.user;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A user as the API shows it.
 *
 * @param subject {@code sub} of its tokens, or null
 * @param attributes what policies read of it: text, whole and decimal numbers, booleans, lists of
 *     text
 * @param version number of its ETag
 */
public record UserDetails(
    UUID id,
    String subject,
    String email,
    String displayName,
    UserStatus status,
    List<String> roles,
    Map<String, Object> attributes,
    Instant createdAt,
    Instant updatedAt,
    long version) {

  /** Personal data stays out of logs. */
  @Override
  public String toString() {
    return "UserDetails[id=" + id + "]";
  }
}
