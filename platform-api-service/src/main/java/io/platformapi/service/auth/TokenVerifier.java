package io.platformapi.service.auth;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.platformapi.service.config.AuthConfiguration;
import io.platformapi.service.problem.UnauthenticatedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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
  private static final int MAX_TEXT = 256;
  private static final int PARTS = 3;
  private static final String ORGANIZATION_AUDIENCE = "urn:logto:organization:";
  private static final Set<String> TYPES = Set.of("at+jwt", "application/at+jwt", "jwt");
  // Keys come from the issuer alone, and no extension is understood: such a header is an attempt.
  private static final Set<String> REFUSED_HEADERS =
      Set.of("jwk", "jku", "x5u", "x5c", "crit", "zip", "b64");

  private final SigningKeys keys;
  private final TokenCache cache;
  private final String issuer;
  private final String audience;
  private final Clock clock;
  private final long skewSeconds = AuthConfiguration.CLOCK_SKEW.toSeconds();
  private final Base64.Decoder base64 = Base64.getUrlDecoder();
  private final ObjectReader json =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .reader();

  public TokenVerifier(SigningKeys keys, AuthConfiguration configuration, Clock clock) {
    this.keys = keys;
    this.issuer = configuration.issuer();
    this.audience = configuration.audience();
    this.clock = clock;
    this.cache = new TokenCache(clock);
  }

  /**
   * @throws UnauthenticatedException when anything about the token is not as it must be
   * @throws io.platformapi.service.problem.UnavailableException when no key could be had so far
   */
  VerifiedToken verify(String token) {
    if (token.length() > MAX_LENGTH) {
      throw refuse("token too long");
    }
    Optional<VerifiedToken> known = cache.find(token, keys.current());
    if (known.isPresent()) {
      checkTimes(known.get());
      return known.get();
    }
    return verifyAnew(token);
  }

  private VerifiedToken verifyAnew(String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != PARTS) {
      throw refuse("not three parts");
    }
    JsonNode header = object(parts[0]);
    String algorithm = algorithm(header);
    String keyId = text(header, "kid");
    SigningKey key = keys.find(keyId).orElseThrow(() -> refuse("unknown key id"));
    Map<String, SigningKey> believed = keys.current();
    byte[] content = token.substring(0, token.lastIndexOf('.')).getBytes(StandardCharsets.US_ASCII);
    if (!key.verifies(algorithm, content, decode(parts[2]))) {
      throw refuse("signature does not verify");
    }
    VerifiedToken verified = claims(object(parts[1]));
    // The keys may have changed while this one was looked up: such a token is verified again.
    if (key.equals(believed.get(keyId))) {
      cache.put(token, believed, verified);
    }
    return verified;
  }

  private String algorithm(JsonNode header) {
    for (String name : REFUSED_HEADERS) {
      if (header.has(name)) {
        throw refuse("header " + name + " is not accepted");
      }
    }
    if (!TYPES.contains(text(header, "typ").toLowerCase(Locale.ROOT))) {
      throw refuse("not an access token");
    }
    String name = text(header, "alg");
    for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
      if (algorithm.name().equals(name)) {
        return name;
      }
    }
    throw refuse("algorithm is not accepted");
  }

  private VerifiedToken claims(JsonNode claims) {
    if (!issuer.equals(text(claims, "iss"))) {
      throw refuse("other issuer");
    }
    VerifiedToken verified =
        new VerifiedToken(
            text(claims, "sub"),
            optionalText(claims, "client_id"),
            organization(claims),
            scopes(claims),
            seconds(claims, "exp"),
            claims.has("nbf") ? seconds(claims, "nbf") : null);
    checkTimes(verified);
    return verified;
  }

  private void checkTimes(VerifiedToken token) {
    long now = clock.instant().getEpochSecond();
    if (token.expiresAt() <= now - skewSeconds) {
      throw refuse("expired");
    }
    if (token.notBefore() != null && token.notBefore() > now + skewSeconds) {
      throw refuse("not valid yet");
    }
  }

  /** The organization a token is for, or null; the audience must fit one of the shapes. */
  private String organization(JsonNode claims) {
    JsonNode given = claims.path("aud");
    // A token for several audiences could be replayed by each of them.
    JsonNode single = given.isArray() && given.size() == 1 ? given.get(0) : given;
    if (!single.isTextual()) {
      throw refuse("no single audience");
    }
    String organization = optionalText(claims, "organization_id");
    String name = single.textValue();
    if (name.equals(audience)) {
      return organization;
    }
    if (name.startsWith(ORGANIZATION_AUDIENCE)) {
      String named = name.substring(ORGANIZATION_AUDIENCE.length());
      if (!named.isEmpty() && (organization == null || organization.equals(named))) {
        return named;
      }
    }
    throw refuse("other audience");
  }

  private static Set<String> scopes(JsonNode claims) {
    JsonNode scope = claims.path("scope");
    if (scope.isMissingNode()) {
      return Set.of();
    }
    if (!scope.isTextual()) {
      throw refuse("scope is no text");
    }
    String list = scope.textValue().strip();
    return list.isEmpty() ? Set.of() : Set.copyOf(List.of(list.split(" +")));
  }

  private static long seconds(JsonNode claims, String name) {
    JsonNode value = claims.path(name);
    if (!value.isNumber() || !value.canConvertToLong()) {
      throw refuse(name + " is no time");
    }
    return value.longValue();
  }

  private static String text(JsonNode node, String name) {
    String value = optionalText(node, name);
    if (value == null) {
      throw refuse(name + " is absent");
    }
    return value;
  }

  private static String optionalText(JsonNode node, String name) {
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

  private JsonNode object(String part) {
    try {
      JsonNode node = json.readTree(decode(part));
      if (node == null || !node.isObject()) {
        throw refuse("not a JSON object");
      }
      return node;
    } catch (JsonProcessingException e) {
      throw refuse("not valid JSON");
    } catch (IOException e) {
      throw refuse("not readable");
    }
  }

  private byte[] decode(String part) {
    try {
      return base64.decode(part);
    } catch (IllegalArgumentException e) {
      throw refuse("not base64url");
    }
  }

  private static UnauthenticatedException refuse(String reason) {
    return new UnauthenticatedException(true, reason);
  }
}
