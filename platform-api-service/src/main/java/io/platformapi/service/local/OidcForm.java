package io.platformapi.service.local;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads what clients send to an issuer: forms, queries and HTTP Basic credentials. */
final class OidcForm {
  private OidcForm() {}

  static Map<String, String> fields(String form) {
    Map<String, String> fields = new HashMap<>();
    for (String pair : form.split("&")) {
      String[] halves = pair.split("=", 2);
      if (halves.length == 2) {
        fields.put(decoded(halves[0]), decoded(halves[1]));
      }
    }
    return fields;
  }

  /** Client id and secret, from the header or else the form (RFC 6749, section 2.3.1). */
  static List<String> credentials(String authorization, Map<String, String> fields) {
    if (authorization == null || !authorization.startsWith("Basic ")) {
      return List.of(
          fields.getOrDefault("client_id", ""), fields.getOrDefault("client_secret", ""));
    }
    try {
      String text =
          new String(
              Base64.getDecoder().decode(authorization.substring("Basic ".length()).strip()),
              StandardCharsets.UTF_8);
      String[] halves = text.split(":", 2);
      return List.of(decoded(halves[0]), halves.length == 2 ? decoded(halves[1]) : "");
    } catch (IllegalArgumentException e) {
      return List.of("", "");
    }
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
