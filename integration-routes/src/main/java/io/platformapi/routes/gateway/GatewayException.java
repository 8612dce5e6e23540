package io.platformapi.routes.gateway;

/** There is no usable answer from behind Kong; the text holds no part of request or answer. */
public final class GatewayException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  GatewayException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  /** Why there is none. */
  public enum Reason {
    /** No connection, or it broke. */
    NO_ANSWER,
    TIMEOUT,
    /** The answer is larger than what is read. */
    TOO_LARGE,
    /** The upstream failed so often that it is left alone for a moment. */
    CIRCUIT_OPEN,
    /** As many calls of the upstream are under way as may be, and none ended in time. */
    BULKHEAD_FULL,
    /** The caller's thread was told to stop. */
    INTERRUPTED,
    /** The routes do not run, yet or any more. */
    NOT_RUNNING
  }
}
