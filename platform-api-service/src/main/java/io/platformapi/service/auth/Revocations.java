package io.platformapi.service.auth;

import java.time.Instant;

/** What has been revoked before its expiry; asked on every request, so it answers from memory. */
public interface Revocations {

  /**
   * Whether a token was revoked.
   *
   * @param tokenId as {@link Credential#id()} has it
   * @throws io.platformapi.service.problem.UnavailableException when that cannot be told
   */
  boolean isRevoked(String tokenId);

  /**
   * Whether the tokens of a subject that were issued then are revoked in a tenant.
   *
   * @param tenantId the tenant of the request, or null
   * @param issuedAt when the token was issued, or null when it does not tell
   */
  boolean isRevoked(String tenantId, String subject, Instant issuedAt);
}
