package io.platformapi.service.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.util.Base64URL;
import java.util.Optional;

/** One public key of the issuer, ready to verify the one algorithm that fits it. */
final class SigningKey {
  private final SignatureAlgorithm algorithm;
  private final JWSVerifier verifier;
  private final JWSHeader header;
  private final Base64URL thumbprint;

  private SigningKey(
      SignatureAlgorithm algorithm, JWSVerifier verifier, JWSHeader header, Base64URL thumbprint) {
    this.algorithm = algorithm;
    this.verifier = verifier;
    this.header = header;
    this.thumbprint = thumbprint;
  }

  /** The key, or empty when it is for another use or another algorithm than we believe. */
  static Optional<SigningKey> of(JWK key) throws JOSEException {
    if (key.getKeyUse() != null && !KeyUse.SIGNATURE.equals(key.getKeyUse())) {
      return Optional.empty();
    }
    Optional<SignatureAlgorithm> algorithm = SignatureAlgorithm.of(key);
    if (algorithm.isEmpty()) {
      return Optional.empty();
    }
    JWSVerifier verifier =
        algorithm.get() == SignatureAlgorithm.RS256
            ? new RSASSAVerifier(key.toRSAKey().toRSAPublicKey())
            : new ECDSAVerifier(key.toECKey().toECPublicKey());
    JWSHeader header = new JWSHeader(algorithm.get().jose());
    return Optional.of(new SigningKey(algorithm.get(), verifier, header, key.computeThumbprint()));
  }

  /** Whether the signature is this key's, under the algorithm the token names. */
  boolean verifies(String algorithmName, byte[] content, byte[] signature) {
    if (!algorithm.name().equals(algorithmName)) {
      return false;
    }
    try {
      return verifier.verify(header, content, Base64URL.encode(signature));
    } catch (JOSEException e) {
      return false;
    }
  }

  /** The same key material (RFC 7638) for the same algorithm. */
  @Override
  public boolean equals(Object other) {
    return other instanceof SigningKey that
        && algorithm == that.algorithm
        && thumbprint.equals(that.thumbprint);
  }

  @Override
  public int hashCode() {
    return thumbprint.hashCode();
  }
}
