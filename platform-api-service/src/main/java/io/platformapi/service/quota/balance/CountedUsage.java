package io.platformapi.service.quota.balance;

import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.WindowKind;
import io.platformapi.service.usage.LedgerScope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The usage of many quotas' windows from the ledger's counters, where these have it: quotas of one
 * scope whose window begins and ends with an hour of UTC.
 */
final class CountedUsage {
  private static final long SECONDS_PER_HOUR = 3600;

  private static final String STORE =
      """
      INSERT INTO quota_balances AS b (quota_id, subject, slot, used, held, version)
      SELECT h.quota_id, CASE WHEN h.apart THEN u.key ELSE '' END,
        timestamptz 'epoch' + h.slot * interval '1 microsecond', u.used, 0, 1
      FROM unnest(?::uuid[], ?::text[], ?::text[], ?::text[], ?::boolean[], ?::text[], ?::bigint[],
          ?::bigint[])
        WITH ORDINALITY AS h (quota_id, scope, key, dimension, apart, kind, slot, ends, place)
      CROSS JOIN LATERAL (
        SELECT a.key, least(sum(CASE h.dimension
            WHEN 'input_tokens' THEN c.input_tokens
            WHEN 'output_tokens' THEN c.output_tokens
            WHEN 'total_tokens' THEN c.input_tokens::numeric + c.output_tokens
            WHEN 'requests' THEN c.requests_succeeded + c.requests_failed + c.requests_cached
            WHEN 'cost' THEN c.cost_nanos
            WHEN 'storage_bytes' THEN c.storage_bytes
            WHEN 'seats' THEN c.seats END), %s)::bigint AS used
        FROM ledger_accounts a JOIN usage_counters c ON c.account_id = a.id
        WHERE a.scope = h.scope AND %s AND c.kind = h.kind
          AND c.bucket >= timestamptz 'epoch' + h.slot * interval '1 microsecond'
          AND c.bucket < timestamptz 'epoch' + h.ends * interval '1 microsecond'
        GROUP BY a.key) AS u
      WHERE u.used <> 0
      ORDER BY h.place, u.key
      ON CONFLICT (quota_id, subject, slot) DO UPDATE SET
        used = EXCLUDED.used, version = b.version + 1
      """;

  private static final String ONE_NAME = STORE.formatted(WindowUsage.MOST, "a.key = h.key");
  private static final String ALL_NAMES = STORE.formatted(WindowUsage.MOST, "a.key <> ''");

  private CountedUsage() {}

  static boolean has(Quota quota, Instant window) {
    QuotaWindow kind = quota.window();
    return quota.selector().single() != null
        && !kind.isRolling()
        && wholeHour(window)
        && wholeHour(kind.end(window));
  }

  private static boolean wholeHour(Instant time) {
    return time.getEpochSecond() % SECONDS_PER_HOUR == 0;
  }

  /** Writes into the balances what was used of quotas that have it, in the order of the keys. */
  static void store(Connection connection, Map<BalanceKey, Quota> heads) throws SQLException {
    List<BalanceKey> named = new ArrayList<>();
    List<BalanceKey> all = new ArrayList<>();
    heads.forEach((head, quota) -> (quota.selector().fixed().isEmpty() ? all : named).add(head));
    store(connection, ONE_NAME, named, heads);
    store(connection, ALL_NAMES, all, heads);
  }

  private static void store(
      Connection connection, String sql, List<BalanceKey> keys, Map<BalanceKey, Quota> heads)
      throws SQLException {
    if (keys.isEmpty()) {
      return;
    }
    List<Quota> quotas = keys.stream().map(heads::get).toList();
    boolean[] apart = new boolean[keys.size()];
    long[] ends = new long[keys.size()];
    for (int i = 0; i < apart.length; i++) {
      apart[i] = !quotas.get(i).selector().each().isEmpty();
      ends[i] = BalanceSql.micros(quotas.get(i).window().end(keys.get(i).window()));
    }
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      new Parameters(statement)
          .add(keys.stream().map(key -> key.quotaId().toString()).toArray(String[]::new))
          .add(
              quotas.stream().map(quota -> quota.selector().single().wire()).toArray(String[]::new))
          .add(quotas.stream().map(CountedUsage::name).toArray(String[]::new))
          .add(quotas.stream().map(quota -> quota.dimension().wire()).toArray(String[]::new))
          .add(apart)
          .add(quotas.stream().map(CountedUsage::kind).toArray(String[]::new))
          .add(keys.stream().mapToLong(key -> BalanceSql.micros(key.window())).toArray())
          .add(ends);
      statement.executeUpdate();
    }
  }

  private static String name(Quota quota) {
    LedgerScope scope = quota.selector().single();
    return quota.selector().fixed().isEmpty()
        ? null
        : scope.accountName(quota.selector().values().get(scope));
  }

  private static String kind(Quota quota) {
    return quota.window().kind() == WindowKind.LIFETIME ? "month" : "hour";
  }
}
