package io.platformapi.service.usage;

import io.platformapi.routes.message.CallStatus;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.persistence.Parameters;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * Reads the usage events that count, in the order in which the calls started, stretch by stretch:
 * each by a short statement of its own, so that a long read holds neither a connection nor a
 * snapshot.
 */
public final class RecordedCalls {
  private static final UUID FIRST = new UUID(0, 0);

  // The bound on the time alone is what leaves out the partitions of other months.
  private static final String READ =
      """
      SELECT started_at, event_id, call_id, status, cache_hit, team_id, key_hash, key_alias,
        user_id, end_user, provider, model, model_group, input_tokens, output_tokens,
        total_tokens, cost_nanos, requests, storage_bytes, seats
      FROM usage_events
      WHERE reversed_in IS NULL AND started_at >= ? AND started_at < ?
        AND (started_at, event_id) > (?, ?)
      ORDER BY started_at, event_id LIMIT ?
      """;

  private static final String COUNT =
      """
      SELECT count(*) FROM (
        SELECT FROM usage_events
        WHERE reversed_in IS NULL AND started_at >= ? AND started_at < ? LIMIT ?) AS found
      """;

  private RecordedCalls() {}

  /**
   * Those of a period that come after a call.
   *
   * @param from inclusive
   * @param to exclusive
   * @param after the last one of the stretch before, or null for the first stretch
   */
  public static List<LedgerCall> read(
      Connection connection, Instant from, Instant to, UsageRecord after, int limit)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(READ)) {
      Instant start = after == null ? from : after.startedAt();
      new Parameters(statement)
          .add(start)
          .add(to)
          .add(start)
          .add(after == null ? FIRST : after.eventId())
          .add(limit);
      List<LedgerCall> calls = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          calls.add(call(rows));
        }
      }
      return calls;
    }
  }

  /** How many there are in a period; not counted further than to the most. */
  public static long count(Connection connection, Instant from, Instant to, long most)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(COUNT)) {
      new Parameters(statement).add(from).add(to).add(most);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  private static LedgerCall call(ResultSet row) throws SQLException {
    return new LedgerCall(
        new UsageRecord(
            row.getObject("event_id", UUID.class),
            row.getString("call_id"),
            null,
            CallStatus.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
            row.getBoolean("cache_hit"),
            false,
            null,
            row.getObject("started_at", OffsetDateTime.class).toInstant(),
            null,
            row.getString("team_id"),
            null,
            row.getString("key_hash"),
            row.getString("key_alias"),
            row.getString("user_id"),
            row.getString("end_user"),
            row.getString("provider"),
            row.getString("model"),
            row.getString("model_group"),
            row.getLong("input_tokens"),
            row.getLong("output_tokens"),
            row.getLong("total_tokens"),
            row.getLong("cost_nanos")),
        row.getLong("requests"),
        row.getLong("storage_bytes"),
        row.getLong("seats"));
  }
}
