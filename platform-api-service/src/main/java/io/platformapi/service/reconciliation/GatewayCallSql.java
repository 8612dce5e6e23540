package io.platformapi.service.reconciliation;

import io.platformapi.routes.message.SpendRow;
import io.platformapi.service.persistence.Parameters;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** The rows of {@code gateway_calls}. */
final class GatewayCallSql {
  /** A row that says what is there already changes nothing. */
  private static final String STORE =
      """
      INSERT INTO gateway_calls AS g (
        received_at, request_id, call_id, call_type, status, cache_hit, key_hash, key_alias,
        team_id, organization_id, user_id, end_user, provider, model, model_group, input_tokens,
        output_tokens, total_tokens, cost_nanos, started_at, ended_at, received)
      SELECT ?, r.request_id, r.call_id, r.call_type, r.status, r.cache_hit, r.key_hash,
        r.key_alias, r.team_id, r.organization_id, r.user_id, r.end_user, r.provider, r.model,
        r.model_group, r.input_tokens, r.output_tokens, r.total_tokens, r.cost_nanos,
        timestamptz 'epoch' + r.started_at * interval '1 microsecond',
        timestamptz 'epoch' + r.ended_at * interval '1 microsecond', r.received::json
      FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::boolean[], ?::text[], ?::text[],
        ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[],
        ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[])
        AS r (request_id, call_id, call_type, status, cache_hit, key_hash, key_alias, team_id,
          organization_id, user_id, end_user, provider, model, model_group, input_tokens,
          output_tokens, total_tokens, cost_nanos, started_at, ended_at, received)
      ON CONFLICT (request_id) DO UPDATE SET
        changed_at = EXCLUDED.received_at, call_id = EXCLUDED.call_id,
        call_type = EXCLUDED.call_type, status = EXCLUDED.status, cache_hit = EXCLUDED.cache_hit,
        key_hash = EXCLUDED.key_hash, key_alias = EXCLUDED.key_alias, team_id = EXCLUDED.team_id,
        organization_id = EXCLUDED.organization_id, user_id = EXCLUDED.user_id,
        end_user = EXCLUDED.end_user, provider = EXCLUDED.provider, model = EXCLUDED.model,
        model_group = EXCLUDED.model_group, input_tokens = EXCLUDED.input_tokens,
        output_tokens = EXCLUDED.output_tokens, total_tokens = EXCLUDED.total_tokens,
        cost_nanos = EXCLUDED.cost_nanos, started_at = EXCLUDED.started_at,
        ended_at = EXCLUDED.ended_at, received = EXCLUDED.received
      WHERE g.received::text <> EXCLUDED.received::text
      """;

  private GatewayCallSql() {}

  /** Keeps the rows; of each request id the last one stays. */
  static void store(Connection connection, Collection<SpendRow> received, Instant now)
      throws SQLException {
    if (received.isEmpty()) {
      return;
    }
    // In the order of the key, so that writers of the same rows wait and cannot deadlock.
    SortedMap<String, SpendRow> byId = new TreeMap<>();
    received.forEach(row -> byId.put(row.requestId(), row));
    List<SpendRow> rows = List.copyOf(byId.values());
    try (PreparedStatement statement = connection.prepareStatement(STORE)) {
      Parameters to = new Parameters(statement).add(now);
      to.add(texts(rows, SpendRow::requestId));
      to.add(texts(rows, SpendRow::callId));
      to.add(texts(rows, SpendRow::callType));
      to.add(texts(rows, row -> row.status().name().toLowerCase(Locale.ROOT)));
      boolean[] hits = new boolean[rows.size()];
      for (int i = 0; i < hits.length; i++) {
        hits[i] = rows.get(i).cacheHit();
      }
      to.add(hits);
      to.add(texts(rows, SpendRow::keyHash));
      to.add(texts(rows, SpendRow::keyAlias));
      to.add(texts(rows, SpendRow::teamId));
      to.add(texts(rows, SpendRow::organizationId));
      to.add(texts(rows, SpendRow::userId));
      to.add(texts(rows, SpendRow::endUser));
      to.add(texts(rows, SpendRow::provider));
      to.add(texts(rows, SpendRow::model));
      to.add(texts(rows, SpendRow::modelGroup));
      to.add(longs(rows, SpendRow::inputTokens));
      to.add(longs(rows, SpendRow::outputTokens));
      to.add(longs(rows, SpendRow::totalTokens));
      to.add(longs(rows, SpendRow::costNanos));
      to.add(longs(rows, row -> micros(row.startTime())));
      to.add(
          rows.stream()
              .map(row -> row.endTime() == null ? null : micros(row.endTime()))
              .toArray(Long[]::new));
      to.add(texts(rows, SpendRow::received));
      statement.executeUpdate();
    }
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  private static String[] texts(List<SpendRow> rows, Function<SpendRow, String> column) {
    return rows.stream().map(column).toArray(String[]::new);
  }

  private static long[] longs(List<SpendRow> rows, ToLongFunction<SpendRow> column) {
    return rows.stream().mapToLong(column).toArray();
  }
}
