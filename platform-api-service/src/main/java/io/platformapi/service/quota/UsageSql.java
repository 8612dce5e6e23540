package io.platformapi.service.quota;

import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.WindowKind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** Reads usage and the limits on it: one statement, one round trip. */
final class UsageSql {

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

  private static final String SUMS =
      """
      SELECT n.key, a.label, c.input_tokens, c.output_tokens, c.cached_input_tokens,
        c.cached_output_tokens, c.requests_succeeded, c.requests_failed, c.requests_cached,
        c.cost_nanos, c.storage_bytes, c.seats, q.*
      FROM named n
      LEFT JOIN ledger_accounts a ON a.scope = ? AND a.key = n.key
      CROSS JOIN LATERAL (
        SELECT coalesce(sum(input_tokens), 0)::bigint AS input_tokens,
          coalesce(sum(output_tokens), 0)::bigint AS output_tokens,
          coalesce(sum(cached_input_tokens), 0)::bigint AS cached_input_tokens,
          coalesce(sum(cached_output_tokens), 0)::bigint AS cached_output_tokens,
          coalesce(sum(requests_succeeded), 0)::bigint AS requests_succeeded,
          coalesce(sum(requests_failed), 0)::bigint AS requests_failed,
          coalesce(sum(requests_cached), 0)::bigint AS requests_cached,
          coalesce(sum(cost_nanos), 0)::bigint AS cost_nanos,
          coalesce(sum(storage_bytes), 0)::bigint AS storage_bytes,
          coalesce(sum(seats), 0)::bigint AS seats
        FROM usage_counters
        WHERE account_id = a.id AND kind = ? AND bucket >= ? AND bucket < ?) c
      LEFT JOIN quotas q ON q.scope = ? AND q.window_kind = ?
        AND q.time_zone = 'UTC' AND q.anchor_hour = 0 AND q.anchor_day = 1
        AND q.scope_id IN (CASE WHEN q.scope = 'tenant' THEN '' ELSE n.key END, '*')
      ORDER BY n.key, q.dimension, q.scope_id
      """;

  private static final String READ_ONE = ONE + "\n" + SUMS;
  private static final String READ_MANY = MANY + SUMS;

  /** What one has used; of nobody known, nothing. */
  UsageRow one(Connection connection, UsageQuery query) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(READ_ONE)) {
      statement.setString(1, query.scopeId());
      bindSums(statement, 2, query);
      return read(statement).get(0);
    }
  }

  /** What each has used, from the first name after the one given. */
  List<UsageRow> many(Connection connection, UsageQuery query, String after, int limit)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(READ_MANY)) {
      String scope = query.scope().wire();
      statement.setString(1, scope);
      statement.setString(2, after);
      statement.setInt(3, limit);
      statement.setString(4, scope);
      statement.setString(5, after);
      statement.setString(6, query.window().kind().wire());
      statement.setInt(7, limit);
      statement.setInt(8, limit);
      bindSums(statement, 9, query);
      return read(statement);
    }
  }

  private static void bindSums(PreparedStatement statement, int first, UsageQuery query)
      throws SQLException {
    QuotaWindow window = query.window();
    statement.setString(first, query.scope().wire());
    statement.setString(first + 1, counters(window.kind()));
    statement.setObject(first + 2, window.start(query.at()).atOffset(ZoneOffset.UTC));
    statement.setObject(first + 3, window.end(query.at()).atOffset(ZoneOffset.UTC));
    statement.setString(first + 4, query.scope().wire());
    statement.setString(first + 5, window.kind().wire());
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
          found.add(new UsageRow(key, rows.getString("label"), sums(rows), quotas));
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

  /** Kind of the counters whose sum a window is. */
  private static String counters(WindowKind kind) {
    return kind == WindowKind.MONTH || kind == WindowKind.LIFETIME ? "month" : "hour";
  }
}
