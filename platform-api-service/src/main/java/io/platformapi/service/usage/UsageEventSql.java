package io.platformapi.service.usage;

import io.platformapi.routes.message.CallStatus;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.persistence.Parameters;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** The rows of {@code usage_events}. */
final class UsageEventSql {

  /**
   * Inserts the calls that are not there yet and returns their ids. Waits for a concurrent
   * transaction that inserts the same one, so the calls must come in the order of the key.
   */
  static final String INSERT = insertFrom("gateway");

  /** The same for the adjustments of a reconciliation. */
  static final String INSERT_RECONCILED = insertFrom("reconciliation");

  private UsageEventSql() {}

  private static String insertFrom(String source) {
    return """
      INSERT INTO usage_events (
        source, batch_id, received_at, started_at, event_id, ended_at, call_id, response_id, status,
        cache_hit, stream, call_type, team_id, organization_id, key_hash, key_alias, user_id,
        end_user, provider, model, model_group, input_tokens, output_tokens, total_tokens,
        cost_nanos)
      SELECT '%s', ?, ?, timestamptz 'epoch' + e.started_at * interval '1 microsecond', e.event_id,
        timestamptz 'epoch' + e.ended_at * interval '1 microsecond', e.call_id, e.response_id,
        e.status, e.cache_hit, e.stream, e.call_type, e.team_id, e.organization_id, e.key_hash,
        e.key_alias, e.user_id, e.end_user, e.provider, e.model, e.model_group, e.input_tokens,
        e.output_tokens, e.total_tokens, e.cost_nanos
      FROM unnest(?::bigint[], ?::uuid[], ?::bigint[], ?::text[], ?::text[], ?::text[],
        ?::boolean[], ?::boolean[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
        ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::bigint[],
        ?::bigint[], ?::bigint[])
        AS e (started_at, event_id, ended_at, call_id, response_id, status, cache_hit, stream,
          call_type, team_id, organization_id, key_hash, key_alias, user_id, end_user, provider,
          model, model_group, input_tokens, output_tokens, total_tokens, cost_nanos)
      ON CONFLICT DO NOTHING
      RETURNING event_id
      """
        .formatted(source);
  }

  static void bind(Parameters to, List<UsageRecord> calls, UUID batch, Instant receivedAt)
      throws SQLException {
    to.add(batch).add(receivedAt);
    to.add(longs(calls, call -> micros(call.startedAt())));
    to.add(texts(calls, call -> call.eventId().toString()));
    to.add(
        calls.stream()
            .map(call -> call.endedAt() == null ? null : micros(call.endedAt()))
            .toArray(Long[]::new));
    to.add(texts(calls, UsageRecord::callId));
    to.add(texts(calls, UsageRecord::responseId));
    to.add(texts(calls, call -> wire(call.status())));
    to.add(flags(calls, UsageRecord::cacheHit));
    to.add(flags(calls, UsageRecord::stream));
    to.add(texts(calls, UsageRecord::callType));
    to.add(texts(calls, UsageRecord::teamId));
    to.add(texts(calls, UsageRecord::organizationId));
    to.add(texts(calls, UsageRecord::keyHash));
    to.add(texts(calls, UsageRecord::keyAlias));
    to.add(texts(calls, UsageRecord::userId));
    to.add(texts(calls, UsageRecord::endUser));
    to.add(texts(calls, UsageRecord::provider));
    to.add(texts(calls, UsageRecord::model));
    to.add(texts(calls, UsageRecord::modelGroup));
    to.add(longs(calls, UsageRecord::inputTokens));
    to.add(longs(calls, UsageRecord::outputTokens));
    to.add(longs(calls, UsageRecord::totalTokens));
    to.add(longs(calls, UsageRecord::costNanos));
  }

  /** Reads a row. */
  static UsageRecord read(ResultSet row) throws SQLException {
    OffsetDateTime ended = row.getObject("ended_at", OffsetDateTime.class);
    return new UsageRecord(
        row.getObject("event_id", UUID.class),
        row.getString("call_id"),
        row.getString("response_id"),
        CallStatus.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
        row.getBoolean("cache_hit"),
        row.getBoolean("stream"),
        row.getString("call_type"),
        row.getObject("started_at", OffsetDateTime.class).toInstant(),
        ended == null ? null : ended.toInstant(),
        row.getString("team_id"),
        row.getString("organization_id"),
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
        row.getLong("cost_nanos"));
  }

  static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  private static String wire(CallStatus status) {
    return status.name().toLowerCase(Locale.ROOT);
  }

  private static String[] texts(List<UsageRecord> calls, Function<UsageRecord, String> column) {
    return calls.stream().map(column).toArray(String[]::new);
  }

  private static long[] longs(List<UsageRecord> calls, ToLongFunction<UsageRecord> column) {
    return calls.stream().mapToLong(column).toArray();
  }

  private static boolean[] flags(List<UsageRecord> calls, Function<UsageRecord, Boolean> column) {
    boolean[] flags = new boolean[calls.size()];
    for (int i = 0; i < flags.length; i++) {
      flags[i] = column.apply(calls.get(i));
    }
    return flags;
  }
}
