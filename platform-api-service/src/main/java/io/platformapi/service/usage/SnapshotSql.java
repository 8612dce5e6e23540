package io.platformapi.service.usage;

import io.platformapi.routes.message.QuotaSnapshot;
import io.platformapi.service.persistence.Parameters;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/** The rows of {@code gateway_snapshots}. */
public final class SnapshotSql {
  private static final String INSERT =
      """
      INSERT INTO gateway_snapshots (received_at, event_id, occurred_at, payload)
      SELECT ?, s.event_id, s.occurred_at::timestamptz, s.payload::json
      FROM unnest(?::text[], ?::text[], ?::text[]) AS s (event_id, occurred_at, payload)
      ON CONFLICT DO NOTHING
      """;

  private SnapshotSql() {}

  /** Stores the snapshots that are not there yet and returns how many. */
  public static int insert(Connection connection, List<QuotaSnapshot> snapshots, Instant receivedAt)
      throws SQLException {
    // In the order of the key: writers of the same snapshots wait, and cannot deadlock.
    List<QuotaSnapshot> sorted =
        snapshots.stream().sorted(Comparator.comparing(QuotaSnapshot::eventId)).toList();
    try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
      new Parameters(statement)
          .add(receivedAt)
          .add(sorted.stream().map(QuotaSnapshot::eventId).toArray(String[]::new))
          .add(sorted.stream().map(s -> s.occurredAt().toString()).toArray(String[]::new))
          .add(sorted.stream().map(QuotaSnapshot::payload).toArray(String[]::new));
      return statement.executeUpdate();
    }
  }
}
