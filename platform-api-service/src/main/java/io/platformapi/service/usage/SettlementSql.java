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
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** The rows of {@code usage_events} that callers settled. */
final class SettlementSql {

  static final String INSERT =
      """
      INSERT INTO usage_events (
        source, batch_id, received_at, status, cache_hit, stream, started_at, event_id, ended_at,
        call_id, team_id, key_hash, user_id, end_user, provider, model, model_group, input_tokens,
        output_tokens, total_tokens, cost_nanos, requests, storage_bytes, seats)
      SELECT 'settlement', ?, ?, 'success', false, false,
        timestamptz 'epoch' + e.started_at * interval '1 microsecond', e.event_id,
        timestamptz 'epoch' + e.ended_at * interval '1 microsecond', e.call_id, e.team_id,
        e.key_hash, e.user_id, e.end_user, e.provider, e.model, e.model, e.input_tokens,
        e.output_tokens, e.total_tokens, e.cost_nanos, e.requests, e.storage_bytes, e.seats
      FROM unnest(?::bigint[], ?::uuid[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[],
        ?::text[], ?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[],
        ?::bigint[], ?::bigint[], ?::bigint[])
        AS e (started_at, event_id, ended_at, call_id, team_id, key_hash, user_id, end_user,
          provider, model, input_tokens, output_tokens, total_tokens, cost_nanos, requests,
          storage_bytes, seats)
      """;

  /** The reservation's row is locked, so nobody else takes the same one back. */
  private static final String TAKE_BACK =
      """
      UPDATE usage_events e SET reversed_in = ?
      FROM unnest(?::bigint[], ?::uuid[]) AS k (started_at, event_id)
      WHERE e.started_at = timestamptz 'epoch' + k.started_at * interval '1 microsecond'
        AND e.event_id = k.event_id AND e.source = 'settlement' AND e.reversed_in IS NULL
      RETURNING e.*
      """;

  private SettlementSql() {}

  static void bind(Parameters to, List<LedgerCall> settled, UUID batch, Instant receivedAt)
      throws SQLException {
    to.add(batch).add(receivedAt);
    to.add(longs(settled, one -> micros(one.call().startedAt())));
    to.add(texts(settled, call -> call.eventId().toString()));
    to.add(longs(settled, one -> micros(one.call().endedAt())));
    to.add(texts(settled, UsageRecord::callId));
    to.add(texts(settled, UsageRecord::teamId));
    to.add(texts(settled, UsageRecord::keyHash));
    to.add(texts(settled, UsageRecord::userId));
    to.add(texts(settled, UsageRecord::endUser));
    to.add(texts(settled, UsageRecord::provider));
    to.add(texts(settled, UsageRecord::modelGroup));
    to.add(longs(settled, one -> one.call().inputTokens()));
    to.add(longs(settled, one -> one.call().outputTokens()));
    to.add(longs(settled, one -> one.call().totalTokens()));
    to.add(longs(settled, one -> one.call().costNanos()));
    to.add(longs(settled, LedgerCall::requests));
    to.add(longs(settled, LedgerCall::storageBytes));
    to.add(longs(settled, LedgerCall::seats));
  }

  /** Marks settlements as taken back by a batch and returns those that were not before. */
  static List<LedgerCall> takeBack(
      Connection connection, UUID batch, Collection<SettlementKey> keys) throws SQLException {
    List<SettlementKey> sorted = keys.stream().sorted().toList();
    try (PreparedStatement statement = connection.prepareStatement(TAKE_BACK)) {
      new Parameters(statement)
          .add(batch)
          .add(sorted.stream().mapToLong(key -> micros(key.startedAt())).toArray())
          .add(sorted.stream().map(key -> key.id().toString()).toArray(String[]::new));
      List<LedgerCall> taken = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          taken.add(read(rows));
        }
      }
      return taken;
    }
  }

  private static LedgerCall read(ResultSet row) throws SQLException {
    return new LedgerCall(
        new UsageRecord(
            row.getObject("event_id", UUID.class),
            row.getString("call_id"),
            null,
            CallStatus.SUCCESS,
            false,
            false,
            null,
            row.getObject("started_at", OffsetDateTime.class).toInstant(),
            row.getObject("ended_at", OffsetDateTime.class).toInstant(),
            row.getString("team_id"),
            null,
            row.getString("key_hash"),
            null,
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

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  private static String[] texts(List<LedgerCall> settled, Function<UsageRecord, String> column) {
    return settled.stream().map(one -> column.apply(one.call())).toArray(String[]::new);
  }

  private static long[] longs(List<LedgerCall> settled, ToLongFunction<LedgerCall> column) {
    return settled.stream().mapToLong(column).toArray();
  }
}
