package io.platformapi.service.auth;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.problem.UnauthenticatedException;

/** Reads the members of a token's header and claims, each of which must be what it should be. */
final class Claims {
  private static final int MAX_TEXT = 256;

  private Claims() {}

  /**
   * @throws UnauthenticatedException when it is absent or no plain text
   */
  static String text(JsonNode node, String name) {
    String value = optionalText(node, name);
    if (value == null) {
      throw refuse(name + " is absent");
    }
    return value;
  }

  /**
   * The text, or null when there is none.
   *
   * @throws UnauthenticatedException when it is no plain text
   */
  static String optionalText(JsonNode node, String name) {
    JsonNode value = node.path(name);
    if (value.isMissingNode()) {
      return null;
    }
    if (!value.isTextual()
        || value.textValue().isBlank()
        || value.textValue().length() > MAX_TEXT) {
      throw refuse(name + " is no plain text");
    }
    return value.textValue();
  }

  /**
   * Seconds since the epoch.
   *
   * @throws UnauthenticatedException when it is absent or no time
   */
  static long seconds(JsonNode claims, String name) {
    JsonNode value = claims.path(name);
    if (!value.isNumber() || !value.canConvertToLong()) {
      throw refuse(name + " is no time");
    }
    return value.longValue();
  }

  /**
   * The one audience: a token for several could be replayed by each of them.
   *
   * @throws UnauthenticatedException when there is not exactly one
   */
  static String audience(JsonNode claims) {
    JsonNode given = claims.path("aud");
    JsonNode single = given.isArray() && given.size() == 1 ? given.get(0) : given;
    if (!single.isTextual()) {
      throw refuse("no single audience");
    }
    return single.textValue();
  }

  static UnauthenticatedException refuse(String reason) {
    return new UnauthenticatedException(true, reason);
  }
}
