package io.platformapi.routes.gateway;

/**
 * Something behind Kong did not do what it was asked; the text holds status, method and path, and
 * nothing of what was said.
 */
public final class UpstreamException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  public UpstreamException(Kind kind, String message) {
    this(kind, message, null);
  }

  public UpstreamException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** Of a request that was answered what it should not; what that was may be quoted by nobody. */
  public static UpstreamException somethingElse(GatewayRequest request) {
    return new UpstreamException(Kind.FAILED, request + " was answered with something else");
  }

  public Kind kind() {
    return kind;
  }

  /** What to make of it. */
  public enum Kind {
    /** Our credential is missing, wrong, or may not do this; trying again is pointless. */
    REFUSED_CREDENTIAL,
    /** What was asked for is not there. */
    NOT_FOUND,
    /** It is there already, or was changed by somebody else. */
    CONFLICT,
    /** It does not take what we sent. */
    INVALID,
    /** It takes no changes: a Kong that runs from a file. */
    READ_ONLY,
    /** It cannot be reached or has too much to do; try again later. */
    UNAVAILABLE,
    /** It answers more than is read. */
    TOO_LARGE,
    /** It failed, or answered what makes no sense. */
    FAILED
  }
}
