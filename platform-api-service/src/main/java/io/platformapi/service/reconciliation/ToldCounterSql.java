package io.platformapi.service.reconciliation;

import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.usage.LedgerScope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;

/** Reads what the gateway told of its counters, out of {@code gateway_snapshots}. */
final class ToldCounterSql {
  private static final int AT_ONCE = 1000;
  private static final String TOLD =
      """
      SELECT occurred_at, payload FROM gateway_snapshots
      WHERE occurred_at >= ? AND occurred_at <= ? ORDER BY occurred_at, event_id
      """;

  /** The keys told of last: a gateway is not asked for any number. */
  private static final String KEYS =
      """
      SELECT id FROM (
        SELECT coalesce(payload #>> '{counter,id}', payload #>> '{alert,token}') AS id,
          max(occurred_at) AS told_at
        FROM gateway_snapshots
        WHERE occurred_at >= ? AND ? IN (payload #>> '{counter,scope}',
          CASE payload #>> '{alert,event_group}' WHEN 'key' THEN 'api_key' END)
        GROUP BY 1) AS k
      WHERE id ~ '^[0-9a-f]{64}$' ORDER BY told_at DESC, id LIMIT 100
      """;

  private ToldCounterSql() {}

  /** All of a stretch of time, in its order; row by row, for they may be many. */
  static CounterHistory history(Connection connection, String tenantId, Instant from, Instant to)
      throws SQLException {
    CounterHistory history = new CounterHistory();
    try (PreparedStatement statement = connection.prepareStatement(TOLD)) {
      statement.setFetchSize(AT_ONCE);
      new Parameters(statement).add(from).add(to);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          CounterPayload.read(tenantId, RunSql.time(rows, "occurred_at"), rows.getString("payload"))
              .forEach(history::add);
        }
      }
    }
    return history;
  }

  /** Hashes of keys that counters were told of since then. */
  static Set<String> keys(Connection connection, Instant since) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(KEYS)) {
      new Parameters(statement).add(since).add(LedgerScope.API_KEY.wire());
      try (ResultSet rows = statement.executeQuery()) {
        Set<String> keys = new TreeSet<>();
        while (rows.next()) {
          keys.add(rows.getString(1));
        }
        return keys;
      }
    }
  }
}
