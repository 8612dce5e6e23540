package io.platformapi.service.usage;

import io.platformapi.service.persistence.Parameters;
import java.sql.SQLException;
import java.util.List;

/** The rows of the book, of the counters beside it, and of the event that tells of them. */
final class PostingSql {

  static final String INSERT_BATCH =
      """
      INSERT INTO ledger_batches (id, created_at, source, events, postings) VALUES (?, ?, ?, ?, ?)
      """;

  private static final String POSTINGS =
      """
      INSERT INTO ledger_postings (
        batch_id, account_id, bucket, input_tokens, output_tokens, cached_input_tokens,
        cached_output_tokens, requests_succeeded, requests_failed, requests_cached, cost_nanos,
        storage_bytes, seats)
      SELECT ?, %s, timestamptz 'epoch' + p.hour * interval '1 hour', p.input_tokens,
        p.output_tokens, p.cached_input_tokens, p.cached_output_tokens, p.requests_succeeded,
        p.requests_failed, p.requests_cached, p.cost_nanos, p.storage_bytes, p.seats
      FROM unnest(?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[],
        ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[])
        AS p (account_id, hour, input_tokens, output_tokens, cached_input_tokens,
          cached_output_tokens, requests_succeeded, requests_failed, requests_cached, cost_nanos,
          storage_bytes, seats)
      """;

  static final String INSERT_POSTINGS = POSTINGS.formatted("p.account_id");

  private static final String COUNTERS =
      """
      INSERT INTO usage_counters AS c (
        account_id, kind, bucket, input_tokens, output_tokens, cached_input_tokens,
        cached_output_tokens, requests_succeeded, requests_failed, requests_cached, cost_nanos,
        storage_bytes, seats)
      SELECT %s, p.kind, timestamptz 'epoch' + p.hour * interval '1 hour',
        p.input_tokens, p.output_tokens, p.cached_input_tokens, p.cached_output_tokens,
        p.requests_succeeded, p.requests_failed, p.requests_cached, p.cost_nanos, p.storage_bytes,
        p.seats
      FROM unnest(?::bigint[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[],
        ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[])
        AS p (account_id, kind, hour, input_tokens, output_tokens, cached_input_tokens,
          cached_output_tokens, requests_succeeded, requests_failed, requests_cached, cost_nanos,
          storage_bytes, seats)
      %s
      ON CONFLICT (account_id, kind, bucket) DO UPDATE SET
        input_tokens = c.input_tokens + EXCLUDED.input_tokens,
        output_tokens = c.output_tokens + EXCLUDED.output_tokens,
        cached_input_tokens = c.cached_input_tokens + EXCLUDED.cached_input_tokens,
        cached_output_tokens = c.cached_output_tokens + EXCLUDED.cached_output_tokens,
        requests_succeeded = c.requests_succeeded + EXCLUDED.requests_succeeded,
        requests_failed = c.requests_failed + EXCLUDED.requests_failed,
        requests_cached = c.requests_cached + EXCLUDED.requests_cached,
        cost_nanos = c.cost_nanos + EXCLUDED.cost_nanos,
        storage_bytes = c.storage_bytes + EXCLUDED.storage_bytes,
        seats = c.seats + EXCLUDED.seats
      """;

  /** Adds to the counters in the order of the rows, which must be the key's. */
  static final String ADD_TO_COUNTERS = COUNTERS.formatted("p.account_id", "");

  /**
   * What grants add to the budget of a month: what it has drawn from them, and what it may draw
   * yet, as the engine counts it. Not evaluated where there is no budget. It stands before the
   * batch has drawn: that moves units from the one part to the other. Balances are not joined: a
   * plan from the time when there were few would read all.
   */
  private static final String GRANTED =
      """
      SELECT coalesce(sum(
        coalesce((SELECT b.used FROM quota_balances b
          WHERE b.quota_id = g.id AND b.subject = '' AND b.slot = c.bucket), 0)
        + CASE WHEN NOT g.revoked AND w.at >= g.valid_from AND w.at < g.ends_at
          THEN greatest(0, g.amount - coalesce((SELECT b.used FROM quota_balances b
            WHERE b.quota_id = g.id AND b.subject = '' AND b.slot = timestamptz 'epoch'), 0))
          ELSE 0 END), 0)
      FROM (SELECT e.at_end, least(greatest(t.at::timestamptz, c.bucket),
          e.at_end - interval '1 microsecond') AS at
        FROM (SELECT (c.bucket AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC' AS at_end
        ) e) w
      JOIN quota_grants g ON g.quota_id = q.id AND g.valid_from < w.at_end AND g.ends_at > c.bucket
      """;

  /** One {@code quota.updated} for each month that the batch touched: nearly always one. */
  private static final String EVENTS =
      """
      INSERT INTO outbox (event_id, key, value)
      SELECT m.event_id, t.id, json_build_object(
        'eventId', m.event_id,
        'type', 'quota.updated',
        'occurredAt', t.at,
        'tenantId', t.id,
        'platformId', t.platform,
        'correlationId', t.batch,
        'actor', 'ledger',
        'payload', json_build_object(
          'tenantId', t.id,
          'usage', json_build_object(
            'window', json_build_object(
              'type', 'month',
              'start', to_char(c.bucket AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
              'end', to_char(
                c.bucket AT TIME ZONE 'UTC' + interval '1 month', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')),
            'inputTokens', c.input_tokens,
            'outputTokens', c.output_tokens,
            'totalTokens', c.input_tokens::numeric + c.output_tokens,
            'cachedInputTokens', c.cached_input_tokens,
            'cachedOutputTokens', c.cached_output_tokens,
            'requests', c.requests_succeeded + c.requests_failed + c.requests_cached,
            'requestsSucceeded', c.requests_succeeded,
            'requestsFailed', c.requests_failed,
            'requestsCached', c.requests_cached,
            'cost', json_build_object(
              'amount', (c.cost_nanos * 0.000000001)::text, 'currency', t.currency),
            'storageBytes', c.storage_bytes,
            'seats', c.seats),
          'budget', CASE WHEN q.id IS NOT NULL THEN json_build_object(
            'amount', (least(9223372036854775807, q.limit_value + (%s)) * 0.000000001)::text,
            'currency', t.currency) END))::text
      FROM (SELECT ?::text, ?::text, ?::text, ?::text, ?::text, ?::bigint)
        AS t (id, platform, currency, batch, at, account_id)
      CROSS JOIN unnest(?::uuid[], ?::bigint[]) AS m (event_id, hour)
      JOIN %s c ON c.account_id = %s AND c.kind = 'month'
        AND c.bucket = timestamptz 'epoch' + m.hour * interval '1 hour'
      LEFT JOIN quotas q ON q.scope = 'tenant' AND q.scope_id = '' AND q.window_kind = 'month'
        AND q.dimension = 'cost' AND q.mode <> 'off' AND q.time_zone = 'UTC' AND q.anchor_hour = 0
        AND q.anchor_day = 1
      """;

  static final String ANNOUNCE = EVENTS.formatted(GRANTED, "usage_counters", "t.account_id");

  /** The id of a row's account, of which a negative number is the place among the names. */
  private static final String PLACED =
      "CASE WHEN %1$s.account_id > 0 THEN %1$s.account_id"
          + " ELSE (SELECT id FROM accounts)[-%1$s.account_id] END";

  /**
   * The postings, the counters and the events of accounts that are given by name: their ids are
   * read by the statement that posts. One that is not there is null, which no posting may have.
   */
  static final String POST_BY_NAMES = postByNames(GRANTED);

  /** The same for a tenant that has no grants: less to make ready for nothing. */
  static final String POST_BY_NAMES_WITHOUT_GRANTS = postByNames("0");

  private static String postByNames(String granted) {
    return """
        WITH accounts AS MATERIALIZED (
          SELECT array_agg(
            (SELECT a.id FROM ledger_accounts a WHERE a.scope = k.scope AND a.key = k.key)
            ORDER BY k.place) AS id
          FROM unnest(?::text[], ?::text[]) WITH ORDINALITY AS k (scope, key, place)),
        posted AS (%s),
        counted AS (%s RETURNING c.*)
        %s
        """
        .formatted(
            POSTINGS.formatted(PLACED.formatted("p")),
            COUNTERS.formatted(PLACED.formatted("p"), "ORDER BY 1, p.kind, p.hour"),
            EVENTS.formatted(granted, "counted", PLACED.formatted("t")));
  }

  private PostingSql() {}

  static void bindPostings(Parameters to, List<LedgerRow> rows) throws SQLException {
    to.add(LedgerRow.accounts(rows)).add(LedgerRow.hours(rows));
    bindAmounts(to, rows);
  }

  static void bindCounters(Parameters to, List<LedgerRow> rows) throws SQLException {
    to.add(LedgerRow.accounts(rows)).add(LedgerRow.kinds(rows)).add(LedgerRow.hours(rows));
    bindAmounts(to, rows);
  }

  private static void bindAmounts(Parameters to, List<LedgerRow> rows) throws SQLException {
    for (Dimension dimension : Dimension.values()) {
      to.add(LedgerRow.amounts(rows, dimension));
    }
  }
}
