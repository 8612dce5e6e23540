package io.platformapi.routes.alert;

/** A body is no alert of LiteLLM's; quotes nothing of it. */
public final class InvalidAlertException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String field;

  /**
   * @param field the field that is to blame, or null when the body is no JSON object at all
   */
  InvalidAlertException(String field, String message) {
    super(message);
    this.field = field;
  }

  public String field() {
    return field;
  }
}
