package io.platformapi.service.auth;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.platformapi.service.problem.UnauthenticatedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;

/** Checks the form, header and signature of the issuer's tokens; the claims are for others. */
final class SignedTokens {
  private static final int PARTS = 3;
  // Keys come from the issuer alone, and no extension is understood: such a header is an attempt.
  private static final Set<String> REFUSED_HEADERS =
      Set.of("jwk", "jku", "x5u", "x5c", "crit", "zip", "b64");

  private final SigningKeys keys;
  private final Set<String> types;
  private final Base64.Decoder base64 = Base64.getUrlDecoder();
  private final ObjectReader json =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .reader();

  /**
   * @param types values of {@code typ} that are accepted, in lower case; the empty one stands for
   *     an absent {@code typ}
   */
  SignedTokens(SigningKeys keys, Set<String> types) {
    this.keys = keys;
    this.types = types;
  }

  /**
   * A token whose signature is right.
   *
   * @param keyId {@code kid}
   * @param key the key that verified it
   * @param algorithm {@code alg}
   * @param claims what it says, not judged yet
   */
  record Signed(String keyId, SigningKey key, String algorithm, JsonNode claims) {}

  /**
   * @throws UnauthenticatedException when anything but its claims is not as it must be
   * @throws io.platformapi.service.problem.UnavailableException when no key could be had so far
   */
  Signed read(String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != PARTS) {
      throw Claims.refuse("not three parts");
    }
    JsonNode header = object(parts[0]);
    String algorithm = algorithm(header);
    String keyId = Claims.text(header, "kid");
    SigningKey key = keys.find(keyId).orElseThrow(() -> Claims.refuse("unknown key id"));
    byte[] content = token.substring(0, token.lastIndexOf('.')).getBytes(StandardCharsets.US_ASCII);
    if (!key.verifies(algorithm, content, decode(parts[2]))) {
      throw Claims.refuse("signature does not verify");
    }
    return new Signed(keyId, key, algorithm, object(parts[1]));
  }

  private String algorithm(JsonNode header) {
    for (String name : REFUSED_HEADERS) {
      if (header.has(name)) {
        throw Claims.refuse("header " + name + " is not accepted");
      }
    }
    String type = Claims.optionalText(header, "typ");
    if (!types.contains(type == null ? "" : type.toLowerCase(Locale.ROOT))) {
      throw Claims.refuse("another type of token");
    }
    String name = Claims.text(header, "alg");
    for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
      if (algorithm.name().equals(name)) {
        return name;
      }
    }
    throw Claims.refuse("algorithm is not accepted");
  }

  private JsonNode object(String part) {
    try {
      JsonNode node = json.readTree(decode(part));
      if (node == null || !node.isObject()) {
        throw Claims.refuse("not a JSON object");
      }
      return node;
    } catch (JsonProcessingException e) {
      throw Claims.refuse("not valid JSON");
    } catch (IOException e) {
      throw Claims.refuse("not readable");
    }
  }

  private byte[] decode(String part) {
    try {
      return base64.decode(part);
    } catch (IllegalArgumentException e) {
      throw Claims.refuse("not base64url");
    }
  }
}
