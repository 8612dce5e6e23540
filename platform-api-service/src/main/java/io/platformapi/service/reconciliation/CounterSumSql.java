package io.platformapi.service.reconciliation;

import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.reconciliation.CounterHistory.Standing;
import io.platformapi.service.reconciliation.CounterJudge.Rows;
import io.platformapi.service.usage.LedgerScope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.LongStream;

/** What both books have of counters' windows. */
final class CounterSumSql {
  /** Whether the rows of a stretch were read by runs that had that in their windows. */
  private static final String READ =
      """
      SELECT coalesce(range_agg(tstzrange(window_from, covered_to)) @> tstzrange(?, ?, '[)'), false)
      FROM reconciliation_runs
      WHERE state NOT IN ('requested', 'failed') AND window_from < covered_to
        AND covered_to >= ? AND window_from <= ?
      """;

  /** One pass over the calls for all counters. A call counts when it ends. */
  private static final String GATEWAY =
      """
      SELECT n, count(*) AS calls,
        coalesce(sum(amount) FILTER (WHERE at >= window_from AND at <= told_at), 0) AS window_sum,
        coalesce(sum(amount) FILTER (WHERE at >= least_from AND at < least_to), 0) AS least,
        coalesce(sum(amount), 0) AS most
      FROM (
        SELECT c.*, g.at, CASE c.dimension WHEN 'cost' THEN g.cost_nanos
          WHEN 'input_tokens' THEN g.input_tokens WHEN 'output_tokens' THEN g.output_tokens
          ELSE 1 END AS amount
        FROM (
          SELECT coalesce(ended_at, started_at) AS at, team_id, key_hash, cost_nanos, input_tokens,
            output_tokens
          FROM gateway_calls WHERE started_at >= ? AND started_at < ?) AS g
        CROSS JOIN LATERAL (VALUES ('tenant', ?::text), ('team', g.team_id), ('api_key', g.key_hash))
          AS s (scope, id)
        JOIN (
          SELECT * FROM unnest(?::bigint[], ?::text[], ?::text[], ?::text[], TIMES, TIMES, TIMES, TIMES,
            TIMES, TIMES)
            AS c (n, scope, id, dimension, window_from, told_at, least_from, least_to, most_from,
              most_to)) AS c ON c.scope = s.scope AND c.id = s.id
        WHERE g.at >= c.most_from AND g.at < c.most_to) AS counted
      GROUP BY n
      """
          .replace("TIMES", "?::text[]::timestamptz[]");

  /** Whole hours as the ledger keeps them, and the calls of what is left at both ends. */
  private static final String LEDGER =
      """
      SELECT coalesce((
          SELECT sum(COUNTED) FROM ledger_accounts a JOIN usage_counters c ON c.account_id = a.id
          WHERE a.scope = ? AND a.key = ? AND c.kind = 'hour' AND c.bucket >= ? AND c.bucket < ?), 0)
        + coalesce((
          SELECT sum(CALLED) FROM usage_events
          WHERE (started_at >= ? AND started_at < ? OR started_at >= ? AND started_at <= ?)
            AND reversed_in IS NULL AND OWNER), 0)
      """;

  private CounterSumSql() {}

  static boolean read(Connection connection, Instant from, Instant to) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(READ)) {
      new Parameters(statement).add(from).add(to).add(from).add(to);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }

  /** What the gateway's rows have of each counter, all with a window that is known. */
  static Rows[] gateway(Connection connection, String tenantId, List<Standing> counters)
      throws SQLException {
    Rows[] sums = new Rows[counters.size()];
    Arrays.fill(sums, Rows.NONE);
    if (counters.isEmpty()) {
      return sums;
    }
    Plans.byTime(connection);
    Function<Standing, Instant> mostFrom = c -> c.window().start().minus(CounterMargins.LAG);
    Function<Standing, Instant> mostTo = c -> c.counter().toldAt().plus(CounterMargins.CLOCK);
    Instant first = counters.stream().map(mostFrom).min(Instant::compareTo).orElseThrow();
    Instant last = counters.stream().map(mostTo).max(Instant::compareTo).orElseThrow();
    try (PreparedStatement statement = connection.prepareStatement(GATEWAY)) {
      new Parameters(statement)
          .add(first.minus(CounterMargins.CALL))
          .add(last)
          .add(tenantId)
          .add(LongStream.range(0, sums.length).toArray())
          .add(texts(counters, c -> c.counter().scope()))
          .add(texts(counters, c -> c.counter().id()))
          .add(texts(counters, c -> c.counter().dimension().wire()))
          .add(times(counters, c -> c.window().start()))
          .add(times(counters, c -> c.counter().toldAt()))
          .add(times(counters, CounterSumSql::leastFrom))
          .add(times(counters, c -> c.counter().toldAt().minus(CounterMargins.LAG)))
          .add(times(counters, mostFrom))
          .add(times(counters, mostTo));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          sums[(int) rows.getLong("n")] =
              new Rows(
                  rows.getLong("calls"),
                  rows.getLong("window_sum"),
                  rows.getLong("least"),
                  rows.getLong("most"));
        }
      }
    }
    return sums;
  }

  /** What the ledger has of one of them. */
  static long ledger(Connection connection, Standing standing) throws SQLException {
    ToldCounter counter = standing.counter();
    LedgerScope scope = LedgerScope.NAMES.parse(counter.scope()).orElseThrow();
    Instant start = standing.window().start();
    Instant told = counter.toldAt();
    Instant floor = start.truncatedTo(ChronoUnit.HOURS);
    Instant whole = floor.equals(start) ? start : floor.plus(1, ChronoUnit.HOURS);
    Instant hour = told.truncatedTo(ChronoUnit.HOURS);
    // Of a window within one hour there is no whole one.
    Instant tail = hour.isBefore(whole) ? start : hour;
    Instant head = hour.isBefore(whole) ? start : whole;
    boolean all = scope == LedgerScope.TENANT;
    String sql =
        LEDGER
            .replace(
                "COUNTED", counted(counter.dimension(), "c.requests_succeeded + c.requests_failed"))
            .replace("CALLED", counted(counter.dimension(), "1"))
            .replace("OWNER", all ? "true" : scope.eventSql() + " = ?");
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Parameters to =
          new Parameters(statement)
              .add(scope.wire())
              .add(scope.accountName(counter.id()))
              .add(whole)
              .add(hour)
              .add(start)
              .add(head)
              .add(tail)
              .add(told);
      if (!all) {
        to.add(counter.id());
      }
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  /** A window that begins with a reset loses what was used until the reset came. */
  private static Instant leastFrom(Standing standing) {
    Instant start = standing.window().start();
    return standing.window().end() == null ? start : start.plus(CounterMargins.LATE_RESET);
  }

  private static String counted(CounterDimension dimension, String requests) {
    return switch (dimension) {
      case COST -> "cost_nanos";
      case INPUT_TOKENS -> "input_tokens";
      case OUTPUT_TOKENS -> "output_tokens";
      case REQUESTS -> requests;
    };
  }

  private static String[] texts(List<Standing> counters, Function<Standing, String> text) {
    return counters.stream().map(text).toArray(String[]::new);
  }

  private static String[] times(List<Standing> counters, Function<Standing, Instant> time) {
    return texts(counters, counter -> time.apply(counter).toString());
  }
}
