package io.platformapi.service.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.opts.AllowWeakRSAKey;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.routes.gateway.GatewayRequest;
import io.platformapi.routes.gateway.GatewayResponse;
import io.platformapi.service.cache.Caches;
import io.platformapi.service.config.AuthConfiguration;
import io.platformapi.service.problem.UnauthenticatedException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which keys of an issuer are believed, and each for its one algorithm. */
class SignatureAlgorithmTest {
  private static final String ISSUER = "http://127.0.0.1:3001/oidc";
  private static final String AUDIENCE = "https://platform.example/api";

  @ParameterizedTest
  @EnumSource(SignatureAlgorithm.class)
  void aKeyVerifiesTokensOfItsOwnAlgorithm(SignatureAlgorithm algorithm) throws Exception {
    JWK key = key(algorithm, "k");
    TokenVerifier verifier = verifier(key);
    assertThat(verifier.verify(token(key, algorithm.jose())).subject()).isEqualTo("somebody");
  }

  @ParameterizedTest
  @EnumSource(SignatureAlgorithm.class)
  void aKeyThatNamesItsAlgorithmDoesTheSame(SignatureAlgorithm algorithm) throws Exception {
    JWK key = named(key(algorithm, "k"), algorithm.jose());
    assertThat(verifier(key).verify(token(key, algorithm.jose())).subject()).isEqualTo("somebody");
  }

  @ParameterizedTest
  @EnumSource(SignatureAlgorithm.class)
  void noTokenIsOfTheKeyOrTheAlgorithmThatItOnlyNames(SignatureAlgorithm algorithm)
      throws Exception {
    Map<SignatureAlgorithm, JWK> keys = new EnumMap<>(SignatureAlgorithm.class);
    for (SignatureAlgorithm each : SignatureAlgorithm.values()) {
      keys.put(each, key(each, each.name()));
    }
    TokenVerifier verifier = verifier(keys.values().toArray(JWK[]::new));
    JWK own = keys.get(algorithm);
    for (SignatureAlgorithm other : SignatureAlgorithm.values()) {
      if (other != algorithm) {
        refused(verifier, signed(other.name(), algorithm.jose(), signer(own)));
        refused(verifier, renamed(token(own, algorithm.jose()), algorithm.name(), other));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS384", "RS512", "PS256", "ES256"})
  void aKeyForAnotherAlgorithmIsNotBelieved(String other) throws Exception {
    JWK key = named(key(SignatureAlgorithm.RS256, "k"), JWSAlgorithm.parse(other));
    refused(verifier(key, key(SignatureAlgorithm.ES384, "good")), token(key, JWSAlgorithm.RS256));
  }

  @Test
  void aKeyForEncryptionIsNotBelieved() throws Exception {
    ECKey key = new ECKeyGenerator(Curve.P_384).keyID("k").keyUse(KeyUse.ENCRYPTION).generate();
    refused(verifier(key, key(SignatureAlgorithm.ES384, "good")), token(key, JWSAlgorithm.ES384));
  }

  @Test
  void aShortRsaKeyIsNotBelieved() throws Exception {
    RSAKey key = rsa(1024, "k");
    String token =
        signed(
            key.getKeyID(),
            JWSAlgorithm.RS256,
            new RSASSASigner(key.toPrivateKey(), Set.of(AllowWeakRSAKey.getInstance())));
    refused(verifier(key, key(SignatureAlgorithm.ES384, "good")), token);
  }

  @Test
  void aSharedSecretAmongTheKeysIsNotBelieved() throws Exception {
    OctetSequenceKey key = new OctetSequenceKeyGenerator(256).keyID("k").generate();
    String token = signed("k", JWSAlgorithm.HS256, new MACSigner(key.toByteArray()));
    refused(verifier(key, key(SignatureAlgorithm.ES384, "good")), token);
  }

  @Test
  void theKeyThatLogtoShowedIsBelieved() {
    SigningKeys keys = keys(IssuerTest.recorded("logto-jwks.json"));
    assertThat(keys.find("st1fM1ZD99nZSIeU3WzERs1Z8fSje9_c7Day0EjWaV8")).isPresent();
  }

  private static void refused(TokenVerifier verifier, String token) {
    assertThatThrownBy(() -> verifier.verify(token)).isInstanceOf(UnauthenticatedException.class);
  }

  private static TokenVerifier verifier(JWK... published) {
    // Secrets too, which no issuer would publish.
    SigningKeys keys = keys(new JWKSet(Arrays.asList(published)).toString(false));
    return new TokenVerifier(
        keys,
        new AuthConfiguration(ISSUER, AUDIENCE, "/logto", "secret"),
        new Caches(new SimpleMeterRegistry()),
        Clock.systemUTC());
  }

  private static SigningKeys keys(String published) {
    Caches caches = new Caches(new SimpleMeterRegistry());
    return new SigningKeys(
        new Issuer(request -> answer(request, published), ISSUER, "/logto", caches),
        Duration.ZERO,
        caches);
  }

  private static GatewayResponse answer(GatewayRequest request, String published) {
    String body =
        request.path().endsWith("/jwks") ? published : IssuerTest.recorded("logto-discovery.json");
    return new GatewayResponse(200, Map.of(), body.getBytes(StandardCharsets.UTF_8));
  }

  private static JWK key(SignatureAlgorithm algorithm, String id)
      throws JOSEException, NoSuchAlgorithmException {
    return switch (algorithm) {
      case ES256 -> new ECKeyGenerator(Curve.P_256).keyID(id).generate();
      case ES384 -> new ECKeyGenerator(Curve.P_384).keyID(id).generate();
      case ES512 -> new ECKeyGenerator(Curve.P_521).keyID(id).generate();
      case RS256 -> rsa(2048, id);
    };
  }

  private static RSAKey rsa(int bits, String id) throws NoSuchAlgorithmException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    KeyPair pair = generator.generateKeyPair();
    return new RSAKey.Builder((RSAPublicKey) pair.getPublic())
        .privateKey(pair.getPrivate())
        .keyID(id)
        .build();
  }

  private static JWK named(JWK key, JWSAlgorithm algorithm) {
    return key instanceof RSAKey rsa
        ? new RSAKey.Builder(rsa).algorithm(algorithm).build()
        : new ECKey.Builder(key.toECKey()).algorithm(algorithm).build();
  }

  private static String token(JWK key, JWSAlgorithm algorithm) throws JOSEException {
    return signed(key.getKeyID(), algorithm, signer(key));
  }

  private static JWSSigner signer(JWK key) throws JOSEException {
    return key instanceof RSAKey rsa ? new RSASSASigner(rsa) : new ECDSASigner(key.toECKey());
  }

  private static String signed(String keyId, JWSAlgorithm algorithm, JWSSigner signer)
      throws JOSEException {
    long expiry = Instant.now().getEpochSecond() + 600;
    JWSObject token =
        new JWSObject(
            new JWSHeader.Builder(algorithm)
                .type(new JOSEObjectType("at+jwt"))
                .keyID(keyId)
                .build(),
            new Payload(Map.of("iss", ISSUER, "aud", AUDIENCE, "sub", "somebody", "exp", expiry)));
    token.sign(signer);
    return token.serialize();
  }

  /** Its claims and signature under a header that names another algorithm. */
  private static String renamed(String token, String keyId, SignatureAlgorithm other) {
    String header =
        new JWSHeader.Builder(other.jose())
            .type(new JOSEObjectType("at+jwt"))
            .keyID(keyId)
            .build()
            .toBase64URL()
            .toString();
    return header + token.substring(token.indexOf('.'));
  }
}
