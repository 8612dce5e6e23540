package io.platformapi.service.reconciliation;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * How PostgreSQL is to go about a transaction of a run. Its tables grow by what the run writes, so
 * what the planner knows of their sizes is always old.
 */
final class Plans {
  private Plans() {}

  /** A slice of each side by its time, both in one hash. */
  static void bySlice(Connection connection) throws SQLException {
    set(
        connection,
        "SET LOCAL work_mem = '64MB'; SET LOCAL jit = off; SET LOCAL enable_seqscan = off");
  }

  /** Single calls by their keys, for what is left of the slices. */
  static void byKey(Connection connection) throws SQLException {
    set(
        connection,
        "SET LOCAL jit = off; SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off;"
            + " SET LOCAL enable_mergejoin = off");
  }

  private static void set(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
