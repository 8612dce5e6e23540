package io.platformapi.service.usage;

import io.platformapi.service.persistence.Parameters;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** Takes usage events back, whoever told of them. */
final class TakeBackSql {
  private static final String TAKE_BACK =
      """
      UPDATE usage_events e SET reversed_in = ?
      FROM unnest(?::bigint[], ?::uuid[]) AS k (started_at, event_id)
      WHERE e.started_at = timestamptz 'epoch' + k.started_at * interval '1 microsecond'
        AND e.event_id = k.event_id AND e.reversed_in IS NULL
      RETURNING e.*
      """;

  private TakeBackSql() {}

  /**
   * Marks events as taken back by a batch and returns them.
   *
   * @throws StaleAdjustmentException when one of them is no longer there
   */
  static List<LedgerCall> takeBack(
      Connection connection, UUID batch, Collection<SettlementKey> keys) throws SQLException {
    if (keys.isEmpty()) {
      return List.of();
    }
    List<SettlementKey> sorted = keys.stream().sorted().toList();
    try (PreparedStatement statement = connection.prepareStatement(TAKE_BACK)) {
      new Parameters(statement)
          .add(batch)
          .add(sorted.stream().mapToLong(key -> UsageEventSql.micros(key.startedAt())).toArray())
          .add(sorted.stream().map(key -> key.id().toString()).toArray(String[]::new));
      List<LedgerCall> taken = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          taken.add(
              new LedgerCall(
                  UsageEventSql.read(rows),
                  rows.getLong("requests"),
                  rows.getLong("storage_bytes"),
                  rows.getLong("seats")));
        }
      }
      if (taken.size() < sorted.size()) {
        throw new StaleAdjustmentException();
      }
      return taken;
    }
  }
}
