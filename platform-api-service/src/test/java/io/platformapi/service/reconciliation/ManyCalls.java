package io.platformapi.service.reconciliation;

import io.platformapi.routes.message.RunProgress;
import io.platformapi.routes.message.RunState;
import io.platformapi.service.testing.TestDatabases;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One tenant with very many calls on both sides, for measurements: how long a run takes, and how
 * long the database needs to join the same sides in one bare statement.
 */
public final class ManyCalls implements AutoCloseable {
  /** Classes of difference that are made, each of one call in a thousand. */
  public static final int CLASSES = 7;

  private static final Instant FROM = Instant.parse("2026-11-22T00:00:00Z");
  private static final Duration WINDOW = Duration.ofDays(1);

  /**
   * Ids as LiteLLM makes them. One call in twenty is a cache hit, whose row has another suffix than
   * its event; of each thousand one is missing on either side, one has other tokens, another cost,
   * another key and another clock.
   */
  private static final String FILL =
      """
      SET max_parallel_workers_per_gather = 0;
      CREATE TEMP TABLE calls AS
      SELECT n, n %% 1000 AS kind, gen_random_uuid() AS call_id,
        'chatcmpl-' || gen_random_uuid() AS answer, n %% 20 = 19 AS hit,
        encode(sha256((n %% 50)::text::bytea), 'hex') AS key, 100 + n %% 4000 AS input,
        10 + n %% 900 AS output, 1000 * (1 + n %% 70000) AS cost,
        timestamptz '%1$s' + n * (interval '%2$d milliseconds' / %3$d) AS started_at
      FROM generate_series(0::bigint, %3$d - 1) AS n;

      INSERT INTO gateway_calls (request_id, call_id, call_type, status, cache_hit, key_hash,
        team_id, user_id, provider, model, model_group, input_tokens, output_tokens, total_tokens,
        cost_nanos, started_at, ended_at, received, received_at)
      SELECT answer || CASE WHEN hit THEN '_cache_hit' || n || '.1' ELSE '' END, call_id,
        'acompletion', 'success', hit, key, 'team', 'user-' || n %% 1000, 'openai',
        'openai/gpt-4o', 'gpt-4o', input, output, input + output, cost,
        date_trunc('milliseconds', started_at), started_at + interval '1 second',
        '{"request_id": "as received", "spend": 0.001, "metadata": {"status": "success"}}', now()
      FROM calls WHERE kind <> 1 ORDER BY n;

      CREATE TABLE usage_events_measured
        (LIKE usage_events INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
      INSERT INTO usage_events_measured (started_at, event_id, ended_at, call_id, response_id,
        status, cache_hit, stream, call_type, team_id, key_hash, user_id, provider, model,
        model_group, input_tokens, output_tokens, total_tokens, cost_nanos, batch_id, received_at)
      SELECT started_at + CASE kind WHEN 6 THEN interval '90 seconds' ELSE interval '0' END
          + again * interval '5 milliseconds',
        gen_random_uuid(), started_at + interval '1 second', call_id,
        answer || CASE WHEN hit THEN '_cache_hit' || n || '.9' ELSE '' END, 'success', hit, false,
        'acompletion', 'team', CASE kind WHEN 5 THEN 'another' ELSE key END, 'user-' || n %% 1000,
        'openai', 'openai/gpt-4o', 'gpt-4o', input + CASE kind WHEN 2 THEN 7 ELSE 0 END, output,
        input + output, cost + CASE kind WHEN 3 THEN 11 ELSE 0 END, gen_random_uuid(), now()
      FROM calls CROSS JOIN LATERAL
        generate_series(0, CASE WHEN kind = 4 THEN 1 ELSE 0 END) AS again
      WHERE kind <> 0 ORDER BY n;
      ALTER TABLE usage_events ATTACH PARTITION usage_events_measured
        FOR VALUES FROM ('2026-11-01') TO ('2026-12-01');

      INSERT INTO ledger_accounts (scope, key) SELECT DISTINCT 'api_key', key FROM calls;
      DROP TABLE calls;
      VACUUM (ANALYZE) gateway_calls;
      VACUUM (ANALYZE) usage_events;
      """;

  /** Nothing is posted, so that the same books can be compared again. */
  private static final String REPORT_ONLY =
      """
      INSERT INTO reconciliation_policy_actions
      SELECT difference, 'report_only' FROM unnest(ARRAY['missing_in_ledger',
        'missing_in_gateway', 'duplicate', 'amount', 'price', 'late', 'unknown_key', 'clock',
        'window_edge']) AS difference
      """;

  private static final String FORGET =
      """
      TRUNCATE reconciliation_items, reconciliation_counters, reconciliation_totals, reconciliation_slices,
        reconciliation_fetches, reconciliation_runs
      """;

  /** The least that finds what differs: one join by the id of the call. */
  private static final String BARE =
      """
      SELECT g.request_id, g.call_id, g.started_at, g.key_hash, g.input_tokens, g.output_tokens,
        g.cost_nanos, l.event_id, l.call_id AS ledger_call_id, l.started_at AS ledger_started_at,
        l.key_hash AS ledger_key, l.input_tokens AS ledger_input_tokens,
        l.output_tokens AS ledger_output_tokens, l.cost_nanos AS ledger_cost_nanos
      FROM (SELECT * FROM gateway_calls WHERE started_at >= '%1$s' AND started_at < '%2$s') AS g
      FULL JOIN (SELECT * FROM usage_events WHERE started_at >= '%1$s' AND started_at < '%2$s')
        AS l ON l.call_id = g.call_id
      WHERE g.request_id IS NULL OR l.event_id IS NULL OR g.input_tokens <> l.input_tokens
        OR g.output_tokens <> l.output_tokens OR g.cost_nanos <> l.cost_nanos
        OR g.key_hash IS DISTINCT FROM l.key_hash
        OR g.started_at - l.started_at NOT BETWEEN interval '-1 second' AND interval '1 second'
      """
          .formatted(FROM, FROM.plus(WINDOW));

  /** What differs is kept. PostgreSQL uses one process for a statement that writes. */
  private static final String BARE_KEPT =
      """
      SET work_mem = '64MB';
      CREATE TEMP TABLE differing AS %1$s WITH NO DATA;
      INSERT INTO differing %1$s;
      SELECT count(*), sum(cost_nanos), sum(ledger_cost_nanos) FROM differing;
      """
          .formatted(BARE);

  /** What differs is only counted, by as many processes as the server likes. */
  private static final String BARE_COUNTED =
      """
      SET work_mem = '64MB';
      SELECT count(*), sum(cost_nanos), sum(ledger_cost_nanos) FROM (%s) AS differing;
      """
          .formatted(BARE);

  private final TwoBooks books = TwoBooks.asTheProduct();
  private final String tenant = books.newTenant();
  private final String database = books.column(tenant, "SELECT current_database()").get(0);
  private final Map<RunState, Long> nanosOfSteps = new LinkedHashMap<>();

  /** Makes so many calls, evenly over the window. */
  public ManyCalls(long calls) throws SQLException {
    try (Connection connection = TestDatabases.connect(database);
        Statement statement = connection.createStatement()) {
      // VACUUM is no part of any other transaction.
      for (String sql : FILL.formatted(FROM, WINDOW.toMillis(), calls).split("(?=VACUUM)")) {
        statement.execute(sql);
      }
    }
    books.execute(tenant, REPORT_ONLY);
  }

  /**
   * Reconciles the first part of the window, from the start of the run to its report; what an
   * earlier run left is forgotten first.
   *
   * @param share of the window, at most 1
   * @return what the run found
   */
  public Outcome reconcile(double share) {
    books.execute(tenant, FORGET);
    long start = System.nanoTime();
    RunProgress run = start(share);
    for (RunState state : RunState.values()) {
      if (state != RunState.REQUESTED && state != RunState.FAILED) {
        long step = System.nanoTime();
        run = books.step(run, state);
        nanosOfSteps.put(state, System.nanoTime() - step);
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    ReconciliationRun done = books.run(tenant, run.runId());
    return new Outcome(
        seconds,
        done.gatewayCalls(),
        done.totals().stream().mapToLong(ReconciliationRun.ClassTotal::items).sum());
  }

  private RunProgress start(double share) {
    Instant to = FROM.plusMillis((long) (WINDOW.toMillis() * share));
    books.service.start(tenant, new NewRun(FROM, to, RunTrigger.API, "bench", "request"));
    return books.runs.claim(tenant).orElseThrow();
  }

  /** How long each step of the last run took. */
  public String steps() {
    StringBuilder text = new StringBuilder();
    nanosOfSteps.forEach(
        (state, nanos) ->
            text.append(text.isEmpty() ? "" : ", ")
                .append(state.wire())
                .append(' ')
                .append(nanos / 1_000_000)
                .append(" ms"));
    return text.toString();
  }

  /** Joins the same sides in one bare statement and keeps what differs in a temporary table. */
  public Outcome bare() {
    return bare(BARE_KEPT);
  }

  /** Joins the same sides in one bare statement that writes nothing. */
  public Outcome bareCount() {
    return bare(BARE_COUNTED);
  }

  /** On a connection of its own. */
  private Outcome bare(String sql) {
    try (Connection connection = TestDatabases.connect(database);
        Statement statement = connection.createStatement()) {
      long start = System.nanoTime();
      statement.execute(sql);
      while (statement.getUpdateCount() >= 0) {
        statement.getMoreResults();
      }
      try (ResultSet row = statement.getResultSet()) {
        row.next();
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Outcome(seconds, 0, row.getLong(1));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    books.close();
  }

  /**
   * @param calls of the gateway that were compared
   * @param differences that were found
   */
  public record Outcome(double seconds, long calls, long differences) {}
}
