package io.platformapi.service.auth;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.config.AuthConfiguration;
import io.platformapi.service.problem.UnauthenticatedException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;

/**
 * Checks the ID token that a sign-in ends with (OpenID Connect Core 1.0, section 3.1.3.7):
 * signature, issuer, audience, nonce, times, and the hash of the access token where there is one.
 */
public final class IdTokenVerifier {
  private static final int MAX_LENGTH = 16 * 1024;

  private final SignedTokens tokens;
  private final String issuer;
  private final String clientId;
  private final Clock clock;

  /**
   * @param clientId the audience: our client id at the issuer
   */
  public IdTokenVerifier(SigningKeys keys, String issuer, String clientId, Clock clock) {
    this.tokens = new SignedTokens(keys, Set.of("jwt", ""));
    this.issuer = issuer;
    this.clientId = clientId;
    this.clock = clock;
  }

  /**
   * The subject of a right ID token.
   *
   * @param nonce what the sign-in began with, or null for a token that came by refreshing
   * @param accessToken what came with it
   * @throws UnauthenticatedException when anything about it is not as it must be
   * @throws io.platformapi.service.problem.UnavailableException when no key could be had so far
   */
  public String verify(String idToken, String nonce, String accessToken) {
    if (idToken.length() > MAX_LENGTH) {
      throw Claims.refuse("ID token too long");
    }
    SignedTokens.Signed signed = tokens.read(idToken);
    JsonNode claims = signed.claims();
    if (!issuer.equals(Claims.text(claims, "iss"))) {
      throw Claims.refuse("ID token of another issuer");
    }
    if (!clientId.equals(Claims.audience(claims))) {
      throw Claims.refuse("ID token for another client");
    }
    if (nonce != null && !same(nonce, Claims.text(claims, "nonce"))) {
      throw Claims.refuse("ID token of another sign-in");
    }
    checkTimes(claims);
    String hash = Claims.optionalText(claims, "at_hash");
    if (hash != null && !same(hash, halfHash(signed.algorithm(), accessToken))) {
      throw Claims.refuse("ID token of another access token");
    }
    return Claims.text(claims, "sub");
  }

  private void checkTimes(JsonNode claims) {
    long now = clock.instant().getEpochSecond();
    long skew = AuthConfiguration.CLOCK_SKEW.toSeconds();
    if (Claims.seconds(claims, "exp") <= now - skew) {
      throw Claims.refuse("ID token expired");
    }
    if (Claims.seconds(claims, "iat") > now + skew) {
      throw Claims.refuse("ID token from the future");
    }
  }

  /** The left half of the hash that the signature's algorithm uses (section 3.1.3.6). */
  private static String halfHash(String algorithm, String accessToken) {
    String bits = algorithm.substring(2);
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-" + bits)
              .digest(accessToken.getBytes(StandardCharsets.US_ASCII));
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(Arrays.copyOf(hash, hash.length / 2));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-2", e);
    }
  }

  private static boolean same(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }
}
