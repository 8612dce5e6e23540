package io.platformapi.service.auth;

/** Where every refused request is kept. */
@FunctionalInterface
public interface AuthAudit {

  /**
   * Keeps the refusal, by itself or, when there are too many, in a count of them; when this fails
   * the request fails, and stays refused.
   */
  void refused(Refusal refusal);

  /**
   * @param reason why
   * @param message what exactly, in words that hold nothing of the credential, or null
   * @param ruling answer of the policy, or null when it was not asked
   * @param actor {@code sub} of the token or name of the key, or null when nobody is known
   * @param clientId {@code client_id} of the token, or null
   * @param ownTenant tenant the credential belongs to, or null
   * @param askedTenant tenant asked for, or null
   * @param askedPlatform platform asked for, or null
   * @param user id of the user that the request is of, or null
   * @param askedUser user asked for, or null
   * @param method HTTP method
   * @param path path of the request, without query
   * @param requestId id of the request
   */
  record Refusal(
      Reason reason,
      String message,
      Ruling ruling,
      String actor,
      String clientId,
      String ownTenant,
      String askedTenant,
      String askedPlatform,
      String user,
      String askedUser,
      String method,
      String path,
      String requestId) {}

  /** Why a request was refused; its name in lower case is in the audit log and the metric. */
  enum Reason {
    NO_CREDENTIAL,
    INVALID_CREDENTIAL,
    UNKNOWN_ORGANIZATION,
    UNKNOWN_TENANT,
    TENANT_MISMATCH,
    PLATFORM_MISMATCH,
    NO_TENANT,
    TENANT_SUSPENDED,
    USER_MISMATCH,
    UNKNOWN_USER,
    USER_SUSPENDED,
    USER_DELETED,
    MISSING_SCOPE,
    DENIED_BY_POLICY,
    NO_SESSION,
    SCOPE_NOT_OWN,
    ROLE_NOT_ASSIGNABLE
  }
}
