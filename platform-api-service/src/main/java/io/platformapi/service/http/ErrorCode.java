package io.platformapi.service.http;

/** Every error code an answer can carry, with its HTTP status. */
public enum ErrorCode {
  MALFORMED_REQUEST("malformed_request", 400),
  UNAUTHENTICATED("unauthenticated", 401),
  FORBIDDEN("forbidden", 403),
  TENANT_SUSPENDED("tenant_suspended", 403),
  NOT_FOUND("not_found", 404),
  METHOD_NOT_ALLOWED("method_not_allowed", 405),
  NOT_ACCEPTABLE("not_acceptable", 406),
  CONFLICT("conflict", 409),
  PRECONDITION_FAILED("precondition_failed", 412),
  PAYLOAD_TOO_LARGE("payload_too_large", 413),
  URI_TOO_LONG("uri_too_long", 414),
  UNSUPPORTED_MEDIA_TYPE("unsupported_media_type", 415),
  VALIDATION_FAILED("validation_failed", 422),
  IDEMPOTENCY_KEY_REUSED("idempotency_key_reused", 422),
  QUOTA_EXCEEDED("quota_exceeded", 429),
  RATE_LIMITED("rate_limited", 429),
  HEADERS_TOO_LARGE("headers_too_large", 431),
  INTERNAL("internal", 500),
  UPSTREAM_FAILED("upstream_failed", 502),
  UNAVAILABLE("unavailable", 503);

  private static final int FIRST_SERVER_ERROR = 500;
  private static final int VERSION_NOT_SUPPORTED = 505;
  private static final int TOO_MANY_REQUESTS = 429;

  private final String code;
  private final int status;

  ErrorCode(String code, int status) {
    this.code = code;
    this.status = status;
  }

  public String code() {
    return code;
  }

  public int status() {
    return status;
  }

  /** The code for a status that a library chose. */
  public static ErrorCode ofStatus(int status) {
    if (status == TOO_MANY_REQUESTS) {
      return RATE_LIMITED;
    }
    for (ErrorCode candidate : values()) {
      if (candidate.status == status) {
        return candidate;
      }
    }
    boolean ours = status >= FIRST_SERVER_ERROR && status != VERSION_NOT_SUPPORTED;
    return ours ? INTERNAL : MALFORMED_REQUEST;
  }
}
