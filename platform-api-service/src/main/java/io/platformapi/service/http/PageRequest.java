package io.platformapi.service.http;

import io.platformapi.service.problem.ValidationException;
import java.util.Optional;

/**
 * Which page is asked for.
 *
 * @param limit items on it, 1 to 200
 * @param after key of the last item of the page before, or empty for the first page
 */
public record PageRequest(int limit, Optional<Cursor> after) {
  public static final int DEFAULT_LIMIT = 50;
  public static final int MAX_LIMIT = 200;

  /**
   * Reads the query parameters {@code limit} and {@code cursor}, each null when absent.
   *
   * @param list name of the list, so that the cursor of another list is refused
   * @param parts how many values the list's key has
   * @throws ValidationException when one is not valid
   */
  public static PageRequest parse(String limit, String cursor, String list, int parts) {
    return new PageRequest(
        limit == null ? DEFAULT_LIMIT : parseLimit(limit),
        cursor == null ? Optional.empty() : Optional.of(Cursor.decode(cursor, list, parts)));
  }

  /** How many rows to read: one more than the page shows, see {@link Page#of}. */
  public int rowsToRead() {
    return limit + 1;
  }

  private static int parseLimit(String text) {
    if (text.length() <= 3 && !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      int value = Integer.parseInt(text);
      if (value >= 1 && value <= MAX_LIMIT) {
        return value;
      }
    }
    throw new ValidationException("limit", "must be a number from 1 to " + MAX_LIMIT);
  }
}
