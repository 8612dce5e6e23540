package io.platformapi.service.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.Arrays;
import java.util.Optional;

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

  /**
   * The key that came with a request, or empty.
   *
   * @param database tenant whose database takes the change, or {@code admin}
   * @param subject who sends it
   */
  public static Optional<IdempotentRequest> of(
      ContainerRequestContext request, String database, String subject) {
    if (request.getProperty(IdempotencyKeyFilter.KEY) instanceof String key
        && request.getProperty(IdempotencyKeyFilter.FINGERPRINT) instanceof byte[] fingerprint) {
      String scope =
          String.join(" ", database, subject, request.getMethod(), request.getUriInfo().getPath());
      return Optional.of(new IdempotentRequest(scope, key, fingerprint));
    }
    return Optional.empty();
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
