package io.platformapi.service.auth;

import java.time.Instant;
import java.util.Set;

/** Judges API keys; asked on every request that shows one, so it answers from memory. */
public interface ApiKeys {

  /** Whether a bearer credential claims to be an API key, and so is no token. */
  boolean recognises(String credential);

  /**
   * @throws io.platformapi.service.problem.UnauthenticatedException when it is not one that is
   *     valid now
   * @throws io.platformapi.service.problem.UnavailableException when that cannot be told now
   */
  Holder verify(String credential);

  /**
   * Whom a valid key stands for.
   *
   * @param keyId id of the key
   * @param tenantId the one tenant that it acts for
   * @param scopes what it may at most do
   * @param issuedAt when it was made
   * @param expiresAt when it ends, or null for never
   */
  record Holder(
      String keyId, String tenantId, Set<String> scopes, Instant issuedAt, Instant expiresAt) {}
}
