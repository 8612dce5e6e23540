package io.platformapi.service.config;

import jakarta.validation.constraints.NotNull;
import java.net.URI;

/**
 * The gateway that every outbound call goes through.
 *
 * @param url base URL of Kong
 */
public record GatewayConfiguration(@NotNull URI url) {

  /** URL of a path behind the gateway, which begins with a slash. */
  public URI resolve(String path) {
    String base = url.toString();
    return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
  }
}
