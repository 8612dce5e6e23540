package io.platformapi.service.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.function.Function;

/**
 * One page of a list.
 *
 * @param items the items, in key order
 * @param nextCursor where the next page begins, or null on the last page
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Page<T>(List<T> items, String nextCursor) {

  public Page {
    items = List.copyOf(items);
  }

  /**
   * Cuts a page out of rows that were read with one more than the limit, which tells whether there
   * is a next page.
   *
   * @param cursor the key of an item: the next page begins after the last item's
   */
  public static <T> Page<T> of(List<T> rows, PageRequest request, Function<T, Cursor> cursor) {
    if (rows.size() <= request.limit()) {
      return new Page<>(rows, null);
    }
    List<T> items = rows.subList(0, request.limit());
    return new Page<>(items, cursor.apply(items.get(items.size() - 1)).encode());
  }

  /** The same page of other items. */
  public <R> Page<R> map(Function<T, R> function) {
    return new Page<>(items.stream().map(function).toList(), nextCursor);
  }
}
