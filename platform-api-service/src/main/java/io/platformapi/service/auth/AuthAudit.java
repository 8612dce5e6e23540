package io.platformapi.service.auth;

/** Where a refused attempt to act for somebody else is kept. */
@FunctionalInterface
public interface AuthAudit {

  /** Keeps the refusal; when this fails the request fails, and stays refused. */
  void refused(Refusal refusal);

  /**
   * @param reason what did not match
   * @param actor {@code sub} of the token
   * @param clientId {@code client_id} of the token, or null
   * @param ownTenant tenant the credential belongs to, or null
   * @param askedTenant tenant asked for, or null
   * @param askedPlatform platform asked for, or null
   * @param method HTTP method
   * @param path path of the request, without query
   * @param requestId id of the request
   */
  record Refusal(
      Reason reason,
      String actor,
      String clientId,
      String ownTenant,
      String askedTenant,
      String askedPlatform,
      String method,
      String path,
      String requestId) {}

  /** Why a caller with a valid token was refused. */
  enum Reason {
    UNKNOWN_ORGANIZATION,
    TENANT_MISMATCH,
    PLATFORM_MISMATCH
  }
}
