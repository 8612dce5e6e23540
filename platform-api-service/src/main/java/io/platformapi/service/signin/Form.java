package io.platformapi.service.signin;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Names and values as a query or a form body carries them; a value that is null is left out. */
final class Form {
  static final String TYPE = "application/x-www-form-urlencoded";

  private final Map<String, String> fields = new LinkedHashMap<>();

  Form with(String name, String value) {
    if (value != null && !value.isEmpty()) {
      fields.put(name, value);
    }
    return this;
  }

  /** Encoded, e.g. {@code a=b&c=d%20e}. */
  String text() {
    return fields.entrySet().stream()
        .map(field -> field.getKey() + "=" + encoded(field.getValue()))
        .collect(Collectors.joining("&"));
  }

  byte[] bytes() {
    return text().getBytes(StandardCharsets.US_ASCII);
  }

  static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
