package io.platformapi.service.signin;

/** The issuer has refused a request of ours, and says why (RFC 6749, section 5.2). */
final class IssuerRefusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final String error;

  /**
   * @param error its code, such as {@code invalid_grant}
   */
  IssuerRefusal(String error) {
    super("the issuer says " + error);
    this.error = error;
  }

  String error() {
    return error;
  }
}
