package io.platformapi.service.auth;

import java.util.Map;
import java.util.Set;

/**
 * What authorization needs to know of a user.
 *
 * @param id user id
 * @param subject {@code sub} of its tokens, or null when it has none
 * @param status whether it may act now
 * @param roles names of its roles
 * @param attributes what policies read of it: String, Long, BigDecimal, Boolean, List of String
 */
public record UserView(
    String id, String subject, Status status, Set<String> roles, Map<String, Object> attributes) {

  /** Whether a user may act. */
  public enum Status {
    ACTIVE,
    SUSPENDED,
    DELETED
  }

  /** Attributes may be personal: they stay out of logs. */
  @Override
  public String toString() {
    return "UserView[id=" + id + ", status=" + status + "]";
  }
}
