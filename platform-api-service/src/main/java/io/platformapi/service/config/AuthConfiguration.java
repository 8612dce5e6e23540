package io.platformapi.service.config;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Whose tokens are believed.
 *
 * @param issuer {@code iss} of the tokens, exactly
 * @param audience resource indicator of this API
 * @param jwksPath path of the issuer's keys behind the gateway
 * @param ingestTokens secrets of the gateway's event callback, separated by commas; several while
 *     one is exchanged for another
 */
public record AuthConfiguration(
    @NotBlank String issuer,
    @NotBlank String audience,
    @NotBlank @Pattern(regexp = "/.*") String jwksPath,
    @NotBlank String ingestTokens) {
  private static final String JWKS_BEHIND_KONG = "/logto/oidc/jwks";

  /** How far clocks may be apart. */
  public static final Duration CLOCK_SKEW = Duration.ofSeconds(10);

  public AuthConfiguration {
    jwksPath = jwksPath == null ? JWKS_BEHIND_KONG : jwksPath;
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
