package io.platformapi.service.auth;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.cache.Caches;
import io.platformapi.service.config.AuthConfiguration;
import io.platformapi.service.problem.UnauthenticatedException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks an access token of Logto: form, algorithm, signature, issuer, audience and times.
 *
 * <p>Three shapes come (observed on Logto 1.37.1): audience is our resource indicator, without an
 * organization; audience is {@code urn:logto:organization:<id>}; audience is our resource indicator
 * and {@code organization_id} names the organization. RFC 9068 describes the type {@code at+jwt}.
 */
public final class TokenVerifier {
  private static final int MAX_LENGTH = 8 * 1024;
  private static final String ORGANIZATION_AUDIENCE = "urn:logto:organization:";
  private static final Set<String> TYPES = Set.of("at+jwt", "application/at+jwt", "jwt");

  private final SigningKeys keys;
  private final SignedTokens tokens;
  private final TokenCache cache;
  private final String issuer;
  private final String audience;
  private final Clock clock;
  private final long skewSeconds = AuthConfiguration.CLOCK_SKEW.toSeconds();

  public TokenVerifier(
      SigningKeys keys, AuthConfiguration configuration, Caches caches, Clock clock) {
    this.keys = keys;
    this.tokens = new SignedTokens(keys, TYPES);
    this.issuer = configuration.issuer();
    this.audience = configuration.audience();
    this.clock = clock;
    this.cache = new TokenCache(caches, clock);
  }

  /**
   * @throws UnauthenticatedException when anything about the token is not as it must be
   * @throws io.platformapi.service.problem.UnavailableException when no key could be had so far
   */
  VerifiedToken verify(String token) {
    if (token.length() > MAX_LENGTH) {
      throw Claims.refuse("token too long");
    }
    VerifiedToken verified = cache.get(token, keys.current(), () -> verifyAnew(token));
    checkTimes(verified);
    return verified;
  }

  private TokenCache.Entry verifyAnew(String token) {
    SignedTokens.Signed signed = tokens.read(token);
    Map<String, SigningKey> believed = keys.current();
    VerifiedToken verified = claims(digest(token), signed.claims());
    // The keys may have changed while this one was looked up: such a token is verified again.
    boolean certain = signed.key().equals(believed.get(signed.keyId()));
    return new TokenCache.Entry(certain ? believed : null, verified);
  }

  private VerifiedToken claims(String digest, JsonNode claims) {
    if (!issuer.equals(Claims.text(claims, "iss"))) {
      throw Claims.refuse("other issuer");
    }
    VerifiedToken verified =
        new VerifiedToken(
            digest,
            Claims.text(claims, "sub"),
            Claims.optionalText(claims, "client_id"),
            organization(claims),
            scopes(claims),
            claims.has("iat") ? Claims.seconds(claims, "iat") : null,
            Claims.seconds(claims, "exp"),
            claims.has("nbf") ? Claims.seconds(claims, "nbf") : null);
    checkTimes(verified);
    return verified;
  }

  private void checkTimes(VerifiedToken token) {
    long now = clock.instant().getEpochSecond();
    if (token.expiresAt() <= now - skewSeconds) {
      throw Claims.refuse("expired");
    }
    if (token.notBefore() != null && token.notBefore() > now + skewSeconds) {
      throw Claims.refuse("not valid yet");
    }
  }

  /** The organization a token is for, or null; the audience must fit one of the shapes. */
  private String organization(JsonNode claims) {
    String name = Claims.audience(claims);
    String organization = Claims.optionalText(claims, "organization_id");
    if (name.equals(audience)) {
      return organization;
    }
    if (name.startsWith(ORGANIZATION_AUDIENCE)) {
      String named = name.substring(ORGANIZATION_AUDIENCE.length());
      if (!named.isEmpty() && (organization == null || organization.equals(named))) {
        return named;
      }
    }
    throw Claims.refuse("other audience");
  }

  private static Set<String> scopes(JsonNode claims) {
    JsonNode scope = claims.path("scope");
    if (scope.isMissingNode()) {
      return Set.of();
    }
    if (!scope.isTextual()) {
      throw Claims.refuse("scope is no text");
    }
    String list = scope.textValue().strip();
    return list.isEmpty() ? Set.of() : Set.copyOf(List.of(list.split(" +")));
  }

  /**
   * Of what was signed alone: an ECDSA signature can be written anew by anybody (the negated half),
   * and a revoked token must stay the same token.
   */
  private static String digest(String token) {
    String signed = token.substring(0, token.lastIndexOf('.'));
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(signed.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
