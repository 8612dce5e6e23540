package io.platformapi.service.auth;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import java.util.Optional;

/** The signature algorithms that are believed, each bound to the one kind of key it fits. */
enum SignatureAlgorithm {
  ES256(JWSAlgorithm.ES256, Curve.P_256),
  ES384(JWSAlgorithm.ES384, Curve.P_384),
  ES512(JWSAlgorithm.ES512, Curve.P_521),
  RS256(JWSAlgorithm.RS256, null);

  private static final int MIN_RSA_BITS = 2048;

  private final JWSAlgorithm algorithm;
  private final Curve curve;

  SignatureAlgorithm(JWSAlgorithm algorithm, Curve curve) {
    this.algorithm = algorithm;
    this.curve = curve;
  }

  /** The algorithm of a key, from the key's own type; empty when we believe none for it. */
  static Optional<SignatureAlgorithm> of(JWK key) {
    for (SignatureAlgorithm candidate : values()) {
      boolean named = key.getAlgorithm() == null || key.getAlgorithm().equals(candidate.algorithm);
      if (named && candidate.fits(key)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  JWSAlgorithm jose() {
    return algorithm;
  }

  private boolean fits(JWK key) {
    if (key instanceof ECKey ec) {
      return ec.getCurve().equals(curve);
    }
    return curve == null && key instanceof RSAKey rsa && rsa.size() >= MIN_RSA_BITS;
  }
}
