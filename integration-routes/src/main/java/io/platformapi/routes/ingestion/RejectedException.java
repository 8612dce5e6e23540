package io.platformapi.routes.ingestion;

/** Carries a rejection out of the depth of a reader; has no stack trace, poison may be frequent. */
final class RejectedException extends Exception {
  private final transient Rejection rejection;

  RejectedException(RejectReason reason, String field) {
    super(reason.code(), null, false, false);
    this.rejection = new Rejection(reason, field);
  }

  Rejection rejection() {
    return rejection;
  }
}
