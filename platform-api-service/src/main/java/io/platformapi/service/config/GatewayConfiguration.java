package io.platformapi.service.config;

import jakarta.validation.constraints.NotNull;
import java.net.URI;

/**
 * The gateway that every outbound call goes through.
 *
 * @param url base URL of Kong
 */
public record GatewayConfiguration(@NotNull URI url) {}
