package io.platformapi.service.quota.balance;

import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.quota.engine.JoinedNames;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.usage.LedgerScope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The usage that a quota counts in one of its windows, by subject, as a query over the usage
 * events, whatever the selector and the window are.
 */
final class WindowUsage {
  /** So much further back, for other nodes' clocks. */
  private static final Duration CLOCKS = Duration.ofHours(1);

  /** Never more than can be added to. */
  static final long MOST = Long.MAX_VALUE / 2;

  private static final String STORE =
      """
      INSERT INTO quota_balances AS b (quota_id, subject, slot, used, held, version)
      SELECT ?::uuid, u.subject, u.slot, u.used, 0, 1 FROM (%s) AS u WHERE u.used <> 0
      ORDER BY u.subject, u.slot
      ON CONFLICT (quota_id, subject, slot) DO UPDATE SET
        used = EXCLUDED.used, version = b.version + 1
      """;

  /** Who has parts of a rolling window has a balance that they are read by. */
  private static final String HEADS_OF_PARTS =
      """
      INSERT INTO quota_balances (quota_id, subject, slot, used, held, version)
      SELECT DISTINCT quota_id, subject, timestamptz 'epoch', 0, 0, 1
      FROM quota_balances WHERE quota_id = ?::uuid AND subject <> ''
      ORDER BY quota_id, subject
      ON CONFLICT DO NOTHING
      """;

  private final Quota quota;
  private final String query;
  private final List<Object> parameters;

  private WindowUsage(Quota quota, String query, List<Object> parameters) {
    this.quota = quota;
    this.query = query;
    this.parameters = parameters;
  }

  /** Rows of subject, slot and used; without those that have used nothing. */
  String query() {
    return query;
  }

  List<Object> parameters() {
    return parameters;
  }

  /** Writes it into the balances. */
  void store(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(STORE.formatted(query))) {
      Parameters to = new Parameters(statement).add(quota.id().toString());
      for (Object parameter : parameters) {
        to.add(parameter);
      }
      statement.executeUpdate();
    }
    if (quota.window().isRolling() && !quota.selector().each().isEmpty()) {
      try (PreparedStatement statement = connection.prepareStatement(HEADS_OF_PARTS)) {
        new Parameters(statement).add(quota.id().toString());
        statement.executeUpdate();
      }
    }
  }

  /**
   * @param window its id
   */
  static WindowUsage of(Quota quota, Instant window, Instant now) {
    QuotaWindow kind = quota.window();
    Instant from = kind.isRolling() ? kind.firstSlot(now.minus(CLOCKS)) : window;
    List<Object> parameters = new ArrayList<>();
    String slot;
    if (kind.isRolling()) {
      slot = "date_bin(? * interval '1 second', started_at, timestamptz 'epoch')";
      parameters.add(kind.slotSeconds());
    } else {
      slot = "timestamptz 'epoch' + ? * interval '1 microsecond'";
      parameters.add(BalanceSql.micros(window));
    }
    StringBuilder who = new StringBuilder();
    parameters.add(BalanceSql.micros(from));
    parameters.add(BalanceSql.micros(kind.isRolling() ? QuotaWindow.END : kind.end(window)));
    for (LedgerScope scope : quota.selector().fixed()) {
      who.append(" AND ").append(accountName(scope)).append(" = ?");
      parameters.add(scope.accountName(quota.selector().values().get(scope)));
    }
    List<LedgerScope> each = quota.selector().each();
    each.forEach(scope -> who.append(" AND ").append(scope.eventSql()).append(" <> ''"));
    String subject =
        each.isEmpty()
            ? "''::text"
            : JoinedNames.sql(each.stream().map(WindowUsage::accountName).toList());
    return new WindowUsage(
        quota,
        """
        SELECT %s AS subject, %s AS slot, %s AS used
        FROM usage_events
        WHERE reversed_in IS NULL
          AND started_at >= timestamptz 'epoch' + ? * interval '1 microsecond'
          AND started_at < timestamptz 'epoch' + ? * interval '1 microsecond'%s
        GROUP BY 1, 2
        """
            .formatted(subject, slot, sum(eventsSql(quota.dimension())), who),
        parameters);
  }

  private static String accountName(LedgerScope scope) {
    return JoinedNames.digestedSql(scope.eventSql());
  }

  private static String sum(String amount) {
    return "least(sum(" + amount + "), " + MOST + ")::bigint";
  }

  private static String eventsSql(QuotaDimension dimension) {
    return switch (dimension) {
      case INPUT_TOKENS -> tokens("input_tokens");
      case OUTPUT_TOKENS -> tokens("output_tokens");
      case TOTAL_TOKENS -> tokens("input_tokens + output_tokens");
      case REQUESTS -> "requests";
      case COST -> "cost_nanos";
      case STORAGE_BYTES -> "storage_bytes";
      case SEATS -> "seats";
    };
  }

  /** As the ledger counts them: what the gateway's cache served is none. */
  private static String tokens(String columns) {
    return "CASE WHEN cache_hit AND status = 'success' THEN 0 ELSE " + columns + " END";
  }
}
