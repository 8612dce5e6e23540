package io.platformapi.service.config;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Whose tokens are believed.
 *
 * @param issuer {@code iss} of the tokens, exactly; its discovery document is below it
 * @param audience resource indicator of this API
 * @param gatewayPath path at the gateway that stands for the issuer's origin
 * @param ingestTokens secrets of the gateway's event callback, separated by commas; several while
 *     one is exchanged for another
 */
public record AuthConfiguration(
    @NotBlank @Pattern(regexp = "https?://[^/?#]+(/[^?#]*)?", message = "must be a URL")
        String issuer,
    @NotBlank String audience,
    @NotBlank @Pattern(regexp = "/.*") String gatewayPath,
    @NotBlank String ingestTokens) {
  private static final String LOGTO_AT_KONG = "/logto";

  /** How far clocks may be apart. */
  public static final Duration CLOCK_SKEW = Duration.ofSeconds(10);

  public AuthConfiguration {
    gatewayPath = gatewayPath == null ? LOGTO_AT_KONG : gatewayPath;
  }

  public List<String> ingestTokenList() {
    return Arrays.stream(ingestTokens.split(",")).map(String::strip).toList();
  }

  /** Without the secrets. */
  @Override
  public String toString() {
    return "AuthConfiguration[issuer=" + issuer + ", audience=" + audience + "]";
  }
}
