package io.platformapi.service.auth;

import java.util.Map;

/**
 * Where the attributes of resources are in the rows of a statement.
 *
 * @param byPath SQL expression, of our own words, by path such as {@code resource.status}: text,
 *     bigint, numeric, boolean, timestamptz, or text[] without NULL elements; NULL is absent
 * @param json expression of a jsonb object that has the other attributes by name, or null
 */
public record RowColumns(Map<String, String> byPath, String json) {
  public RowColumns {
    byPath = Map.copyOf(byPath);
  }

  public RowColumns(Map<String, String> byPath) {
    this(byPath, null);
  }
}
