package io.platformapi.service.policy.engine;

import java.util.Map;

/** Which resources of a type a subject may act on, with everything but the resource known. */
public final class ResourceFilter {
  /** What is left to ask. */
  public enum Kind {
    EVERYTHING,
    NOTHING,
    CONDITION
  }

  private ResourceFilter() {}

  /** Whether rows have to be looked at. */
  public Kind kind() {
    throw new UnsupportedOperationException();
  }

  /**
   * The filter in SQL; {@code TRUE} for everything and {@code FALSE} for nothing.
   *
   * @param columns SQL expression by path such as {@code resource.owner}, written by us and never
   *     by a caller: text for strings, bigint, numeric, boolean, timestamptz, and text[] without
   *     NULL elements for lists. NULL is an absent attribute; so is one that is not in the map
   */
  public SqlCondition sql(Map<String, String> columns) {
    throw new UnsupportedOperationException();
  }
}
