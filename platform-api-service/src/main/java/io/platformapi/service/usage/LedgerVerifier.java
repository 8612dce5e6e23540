package io.platformapi.service.usage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Proves a tenant's ledger from its own rows: the postings of every batch sum to zero, the counters
 * are the postings added up, and the postings are the usage events added up that were not taken
 * back. Reads everything; give it one snapshot (REPEATABLE READ) when others write meanwhile.
 */
public final class LedgerVerifier {
  private static final int MAX_FINDINGS = 100;

  private static final String UNBALANCED =
      """
      SELECT format('batch %s, scope %s, hour %s does not sum to zero', p.batch_id, a.scope, p.bucket)
      FROM ledger_postings p LEFT JOIN ledger_accounts a ON a.id = p.account_id
      GROUP BY p.batch_id, a.scope, p.bucket
      HAVING a.scope IS NULL
        OR sum(p.input_tokens) <> 0 OR sum(p.output_tokens) <> 0
        OR sum(p.cached_input_tokens) <> 0 OR sum(p.cached_output_tokens) <> 0
        OR sum(p.requests_succeeded) <> 0 OR sum(p.requests_failed) <> 0
        OR sum(p.requests_cached) <> 0 OR sum(p.cost_nanos) <> 0
        OR sum(p.storage_bytes) <> 0 OR sum(p.seats) <> 0
      """;

  private static final String INCOMPLETE_BATCHES =
      """
      SELECT format('batch %s has not the postings or events that its header says',
        coalesce(b.id, p.batch_id, e.batch_id))
      FROM ledger_batches b
      FULL JOIN (SELECT batch_id, count(*) AS n FROM ledger_postings GROUP BY batch_id) p
        ON p.batch_id = b.id
      FULL JOIN (SELECT batch_id, count(*) AS n FROM usage_events GROUP BY batch_id) e
        ON e.batch_id = coalesce(b.id, p.batch_id)
      WHERE b.postings IS DISTINCT FROM p.n OR b.events IS DISTINCT FROM coalesce(e.n, 0)
      """;

  private static final String COUNTERS_DIFFER =
      """
      WITH posted AS (
        SELECT p.account_id, k.kind, date_trunc(k.kind, p.bucket, 'UTC') AS bucket,
          ARRAY[sum(p.input_tokens), sum(p.output_tokens), sum(p.cached_input_tokens),
            sum(p.cached_output_tokens), sum(p.requests_succeeded), sum(p.requests_failed),
            sum(p.requests_cached), sum(p.cost_nanos), sum(p.storage_bytes), sum(p.seats)]
            AS amounts
        FROM ledger_postings p
        JOIN ledger_accounts a ON a.id = p.account_id AND a.key <> ''
        CROSS JOIN (VALUES ('hour'), ('month')) AS k (kind)
        GROUP BY 1, 2, 3),
      counted AS (
        SELECT account_id, kind, bucket,
          ARRAY[input_tokens, output_tokens, cached_input_tokens, cached_output_tokens,
            requests_succeeded, requests_failed, requests_cached, cost_nanos, storage_bytes,
            seats]::numeric[] AS amounts
        FROM usage_counters)
      SELECT format('counter of account %s, %s %s is %s, the postings say %s',
        account_id, kind, bucket, c.amounts, p.amounts)
      FROM posted p FULL JOIN counted c USING (account_id, kind, bucket)
      WHERE p.amounts IS DISTINCT FROM c.amounts
      """;

  private static final String EVENTS_DIFFER =
      """
      WITH called AS (
        SELECT s.scope,
          CASE WHEN octet_length(s.name) <= 512 THEN s.name
            ELSE 'sha256:' || encode(sha256(convert_to(s.name, 'UTF8')), 'hex') END AS key,
          date_trunc('hour', e.started_at, 'UTC') AS bucket,
          ARRAY[
            sum(e.input_tokens) FILTER (WHERE NOT hit),
            sum(e.output_tokens) FILTER (WHERE NOT hit),
            sum(e.input_tokens) FILTER (WHERE hit),
            sum(e.output_tokens) FILTER (WHERE hit),
            sum(e.requests) FILTER (WHERE e.status = 'success' AND NOT hit),
            sum(e.requests) FILTER (WHERE e.status = 'failure'),
            sum(e.requests) FILTER (WHERE hit),
            sum(e.cost_nanos), sum(e.storage_bytes), sum(e.seats)] AS amounts
        FROM usage_events e
        CROSS JOIN LATERAL (SELECT e.cache_hit AND e.status = 'success') AS h (hit)
        CROSS JOIN LATERAL (VALUES
          ('tenant', ?), ('team', e.team_id), ('user', e.user_id), ('end_user', e.end_user),
          ('api_key', coalesce(nullif(e.key_hash, ''), e.key_alias)), ('provider', e.provider),
          ('model', coalesce(nullif(e.model_group, ''), e.model))) AS s (scope, name)
        WHERE s.name <> '' AND e.reversed_in IS NULL
        GROUP BY 1, 2, 3),
      posted AS (
        SELECT a.scope, a.key, p.bucket,
          ARRAY[sum(p.input_tokens), sum(p.output_tokens), sum(p.cached_input_tokens),
            sum(p.cached_output_tokens), sum(p.requests_succeeded), sum(p.requests_failed),
            sum(p.requests_cached), sum(p.cost_nanos), sum(p.storage_bytes), sum(p.seats)]
            AS amounts
        FROM ledger_postings p JOIN ledger_accounts a ON a.id = p.account_id AND a.key <> ''
        GROUP BY 1, 2, 3)
      SELECT format('account %s:%s, hour %s has %s, the events say %s',
        scope, key, bucket, p.amounts, c.amounts)
      FROM called c FULL JOIN posted p USING (scope, key, bucket)
      CROSS JOIN LATERAL (SELECT array_fill(0::numeric, ARRAY[10])) AS nothing (amounts)
      WHERE coalesce(p.amounts, nothing.amounts) IS DISTINCT FROM
        CASE WHEN c.amounts IS NULL THEN nothing.amounts ELSE
          array(SELECT coalesce(amount, 0) FROM unnest(c.amounts) WITH ORDINALITY AS u (amount, n)
            ORDER BY n) END
      """;

  /**
   * What does not hold, in words; empty when the ledger is right. At most {@value #MAX_FINDINGS} of
   * each kind.
   */
  public List<String> findings(Connection connection, String tenantId) throws SQLException {
    List<String> findings = new ArrayList<>();
    collect(connection, UNBALANCED, findings);
    collect(connection, INCOMPLETE_BATCHES, findings);
    collect(connection, COUNTERS_DIFFER, findings);
    collect(connection, EVENTS_DIFFER, findings, tenantId);
    return findings;
  }

  private static void collect(
      Connection connection, String sql, List<String> findings, String... parameters)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(sql + " LIMIT " + MAX_FINDINGS)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          findings.add(rows.getString(1));
        }
      }
    }
  }
}
