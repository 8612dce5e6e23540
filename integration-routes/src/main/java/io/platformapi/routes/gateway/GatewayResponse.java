package io.platformapi.routes.gateway;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was answered.
 *
 * @param status HTTP status
 * @param headers values by name in lower case
 * @param body bytes, at most the configured limit
 */
public record GatewayResponse(int status, Map<String, List<String>> headers, byte[] body) {

  /**
   * First value of a header.
   *
   * @param name in lower case
   */
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name)).map(values -> values.get(0));
  }

  /** The body as UTF-8. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** The status alone: bodies and headers hold tokens. */
  @Override
  public String toString() {
    return "status " + status;
  }
}
