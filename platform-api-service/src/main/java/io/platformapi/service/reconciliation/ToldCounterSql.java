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
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads what the gateway told of its counters, out of {@code gateway_snapshots}. */
final class ToldCounterSql {
  private static final int AT_ONCE = 1000;
  private static final String TOLD =
      """
      SELECT occurred_at, payload FROM gateway_snapshots
      WHERE occurred_at >= ? AND occurred_at <= ? ORDER BY occurred_at, event_id
      """;

  private static final Pattern KEY_HASH = Pattern.compile("[0-9a-f]{64}");

  /** A gateway is not asked for any number of keys. */
  private static final int MOST_KEYS = 100;

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

  /**
   * Hashes of keys that counters were told of. Read here and not in SQL, which refuses a whole
   * payload for a character that it cannot keep.
   */
  static Set<String> keys(Connection connection, String tenantId, Instant from, Instant to)
      throws SQLException {
    return history(connection, tenantId, from, to).ids(LedgerScope.API_KEY.wire()).stream()
        .filter(id -> KEY_HASH.matcher(id).matches())
        .limit(MOST_KEYS)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
