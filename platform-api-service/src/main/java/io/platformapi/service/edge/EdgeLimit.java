package io.platformapi.service.edge;

import java.util.Map;

/** What an edge lets one of its targets use, in its own terms. */
sealed interface EdgeLimit permits BudgetLimit, RateLimit {

  boolean isNone();

  /** Whether the edge lets the same through by both. */
  boolean same(EdgeLimit other);

  /** By the edge's own names, such as {@code max_budget}; empty for none. */
  Map<String, String> shown();
}
