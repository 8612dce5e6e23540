package io.platformapi.service.auth;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a list may show, as a part of its WHERE clause: rows that the caller may not see are never
 * read.
 *
 * @param sql a condition that is true or false, with one {@code ?} for each bind
 * @param binds values in order: String, Long, BigDecimal, Boolean or OffsetDateTime
 */
public record RowFilter(String sql, List<Object> binds) {
  /** Every row. */
  public static final RowFilter ALL = new RowFilter("TRUE", List.of());

  public RowFilter {
    binds = List.copyOf(binds);
  }

  /** Rows that both show. */
  RowFilter and(RowFilter other) {
    List<Object> both = new ArrayList<>(binds);
    both.addAll(other.binds);
    return new RowFilter("(" + sql + ") AND (" + other.sql + ")", both);
  }

  /**
   * Sets its values.
   *
   * @param first index of its first parameter in the statement
   * @return index of the parameter after its last one
   */
  public int bind(PreparedStatement statement, int first) throws SQLException {
    int next = first;
    for (Object bind : binds) {
      statement.setObject(next++, bind);
    }
    return next;
  }
}
