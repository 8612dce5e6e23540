package io.platformapi.service.quota;

import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.WindowKind;
import io.platformapi.service.usage.Dimension;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Reads usage and the limits on it: one statement, one round trip. How it stood at an earlier
 * moment is what it is now, less what was posted since.
 */
final class UsageSql {

  private static final String TOTALS = columns("coalesce(sum(%1$s), 0)::bigint AS %1$s");

  /** One name, whether anything is known of it or not. */
  private static final String ONE = "WITH named (key) AS (SELECT ?::text)";

  /** Everybody who has used anything or has a limit, in the order of their names. */
  private static final String MANY =
      """
      WITH named (key) AS (
        (SELECT key FROM ledger_accounts WHERE scope = ? AND key > ? ORDER BY key LIMIT ?)
        UNION
        (SELECT DISTINCT scope_id FROM quotas
         WHERE scope = ? AND scope_id > ? AND scope_id <> '*' AND window_kind = ?
         ORDER BY scope_id LIMIT ?)
        ORDER BY key LIMIT ?)
      """;

  /** The counters of an account in a window. */
  private static final String PRESENT =
      """
      SELECT bucket, %1$s FROM usage_counters
      WHERE account_id = a.id AND kind = ? AND bucket >= ? AND bucket < ?
      """
          .formatted(columns("%s"));

  /** What was posted to them since. */
  private static final String SINCE =
      """
      UNION ALL
      SELECT bucket, %1$s FROM ledger_postings
      WHERE account_id = a.id AND batch_id >= ? AND bucket >= ? AND bucket < ?
      """
          .formatted(columns("-%s"));

  private static final String SUMS =
      """
      SELECT n.key, a.label, c.*, q.*
      FROM named n
      LEFT JOIN ledger_accounts a ON a.scope = ? AND a.key = n.key
      CROSS JOIN LATERAL (SELECT %1$s FROM (%2$s) b) c
      LEFT JOIN quotas q ON q.scope = ? AND q.window_kind = ?
        AND q.time_zone = 'UTC' AND q.anchor_hour = 0 AND q.anchor_day = 1
        AND q.scope_id IN (CASE WHEN q.scope = 'tenant' THEN '' ELSE n.key END, '*')
      ORDER BY n.key, q.dimension, q.scope_id
      """;

  private static final String SERIES =
      """
      SELECT date_trunc(?, b.bucket, 'UTC') AS start, %1$s
      FROM ledger_accounts a CROSS JOIN LATERAL (%2$s) b
      WHERE a.scope = ? AND a.key = ?
      GROUP BY 1 ORDER BY 1
      """;

  /** What one has used; of nobody known, nothing. */
  UsageRow one(Connection connection, UsageQuery query) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(ONE + "\n" + sums(query))) {
      Parameters to = new Parameters(statement).add(query.scopeId());
      bindSums(to, query);
      return read(statement).get(0);
    }
  }

  /** What each has used, from the first name after the one given. */
  List<UsageRow> many(Connection connection, UsageQuery query, String after, int limit)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(MANY + sums(query))) {
      String scope = query.scope().wire();
      String window = query.window().kind().wire();
      Parameters to = new Parameters(statement).add(scope).add(after).add(limit);
      to.add(scope).add(after).add(window).add(limit).add(limit);
      bindSums(to, query);
      return read(statement);
    }
  }

  /** What one has used in each step of the window, by the step's start; without empty steps. */
  SortedMap<Instant, UsageSums> series(Connection connection, UsageQuery query)
      throws SQLException {
    SeriesStep step = query.series();
    String sql = SERIES.formatted(TOTALS, source(query));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Parameters to = new Parameters(statement).add(step.wire());
      bindSource(to, query, step == SeriesStep.MONTH ? "month" : "hour");
      to.add(query.scope().wire()).add(query.scopeId());
      SortedMap<Instant, UsageSums> steps = new TreeMap<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          steps.put(rows.getObject("start", OffsetDateTime.class).toInstant(), sums(rows));
        }
      }
      return steps;
    }
  }

  private static String sums(UsageQuery query) {
    return SUMS.formatted(TOTALS, source(query));
  }

  private static String source(UsageQuery query) {
    return query.asOf() == null ? PRESENT : PRESENT + SINCE;
  }

  private static void bindSums(Parameters to, UsageQuery query) throws SQLException {
    to.add(query.scope().wire());
    bindSource(to, query, counters(query.window().kind()));
    to.add(query.scope().wire()).add(query.window().kind().wire());
  }

  private static void bindSource(Parameters to, UsageQuery query, String kind) throws SQLException {
    QuotaWindow window = query.window();
    to.add(kind).add(window.start(query.at())).add(window.end(query.at()));
    if (query.asOf() != null) {
      to.add(LedgerSql.firstBatchAt(query.asOf()));
      to.add(window.start(query.at())).add(window.end(query.at()));
    }
  }

  private static List<UsageRow> read(PreparedStatement statement) throws SQLException {
    List<UsageRow> found = new ArrayList<>();
    List<Quota> quotas = null;
    String last = null;
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        String key = rows.getString("key");
        if (!key.equals(last)) {
          quotas = new ArrayList<>();
          found.add(new UsageRow(key, rows.getString("label"), sums(rows), quotas, Map.of()));
          last = key;
        }
        if (rows.getObject("id") != null) {
          quotas.add(QuotaSql.quota(rows));
        }
      }
    }
    return found;
  }

  private static UsageSums sums(ResultSet row) throws SQLException {
    return new UsageSums(
        row.getLong("input_tokens"),
        row.getLong("output_tokens"),
        row.getLong("cached_input_tokens"),
        row.getLong("cached_output_tokens"),
        row.getLong("requests_succeeded"),
        row.getLong("requests_failed"),
        row.getLong("requests_cached"),
        row.getLong("cost_nanos"),
        row.getLong("storage_bytes"),
        row.getLong("seats"));
  }

  /** SQL for every column that is counted. */
  private static String columns(String each) {
    return Arrays.stream(Dimension.values())
        .map(dimension -> each.formatted(dimension.column()))
        .collect(Collectors.joining(", "));
  }

  /** Kind of the counters whose sum a window is. */
  private static String counters(WindowKind kind) {
    return kind == WindowKind.MONTH || kind == WindowKind.LIFETIME ? "month" : "hour";
  }
}
