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

  /** Calls in the order of their times. */
  static void byTime(Connection connection) throws SQLException {
    set(
        connection,
        "SET LOCAL jit = off; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off;"
            + " SET LOCAL enable_sort = off");
  }

  /**
   * A slice of each side by its time, both in one hash; by two processes, where the server has one
   * to spare.
   */
  static void bySlice(Connection connection) throws SQLException {
    set(
        connection,
        "SET LOCAL work_mem = '64MB'; SET LOCAL jit = off; SET LOCAL enable_seqscan = off;"
            + " SET LOCAL max_parallel_workers_per_gather = 1; SET LOCAL enable_mergejoin = off; SET LOCAL parallel_setup_cost = 0;"
            + " SET LOCAL parallel_tuple_cost = 0; SET LOCAL min_parallel_table_scan_size = 0;"
            + " SET LOCAL min_parallel_index_scan_size = 0");
  }

  /**
   * Single calls by their keys, for what is left of the slices. Their times are compared in a way
   * that no index serves: one of two days would be read for each call.
   */
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
