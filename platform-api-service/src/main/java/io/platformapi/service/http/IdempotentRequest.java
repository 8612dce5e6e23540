package io.platformapi.service.http;

import java.util.Arrays;

/**
 * A request that carries an Idempotency-Key.
 *
 * @param scope who sends what: tenant, subject, method and path; a key is unique within it
 * @param key the header's value
 * @param fingerprint SHA-256 of method, path, query and body
 */
public record IdempotentRequest(String scope, String key, byte[] fingerprint) {

  public IdempotentRequest {
    fingerprint = fingerprint.clone();
  }

  @Override
  public byte[] fingerprint() {
    return fingerprint.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IdempotentRequest that
        && scope.equals(that.scope)
        && key.equals(that.key)
        && Arrays.equals(fingerprint, that.fingerprint);
  }

  @Override
  public int hashCode() {
    return 31 * scope.hashCode() + key.hashCode();
  }

  /** The key stays out of logs: it may be a credential in the caller's eyes. */
  @Override
  public String toString() {
    return "IdempotentRequest[scope=" + scope + "]";
  }
}
