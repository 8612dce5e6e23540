package io.platformapi.routes.message;

/**
 * A row of the spend log that cannot be taken into a book.
 *
 * @param requestId key of the row, or null when it has none
 * @param field LiteLLM's name of the field that is to blame
 * @param reason what is wrong with it
 */
public record RowFault(String requestId, String field, Reason reason) {

  /** What can be wrong with a field. */
  public enum Reason {
    MISSING,
    WRONG_TYPE,
    NEGATIVE,
    /** Beyond any real call, or not a number. */
    ABSURD,
    INVALID_TIME,
    INVALID_STATUS,
    /** In the place of the row stands something that is none. */
    NOT_AN_OBJECT
  }
}
