package io.platformapi.service.quota;

import io.platformapi.service.quota.balance.BalanceSql;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Demand;
import io.platformapi.service.quota.engine.FailMode;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaBook;
import io.platformapi.service.quota.engine.QuotaState;
import io.platformapi.service.usage.LedgerScope;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** Adds to what was used what is held and granted, where the window is the present one. */
final class PresentLimits {
  private final QuotaGrantSql grants = new QuotaGrantSql();

  /** The same rows with the states of their limits. */
  List<UsageRow> read(Connection connection, List<UsageRow> rows, LedgerScope scope, Instant now)
      throws SQLException {
    Map<UUID, Quota> quotas = new HashMap<>();
    rows.forEach(row -> row.quotas().forEach(quota -> quotas.put(quota.id(), quota)));
    if (quotas.isEmpty()) {
      return rows;
    }
    QuotaBook book = new QuotaBook(0, FailMode.CLOSED, quotas.values(), grants.all(connection));
    List<List<Demand>> demands = new ArrayList<>();
    SortedMap<BalanceKey, Quota> needed = new TreeMap<>();
    for (UsageRow row : rows) {
      List<Demand> ofRow =
          row.quotas().stream().map(quota -> demand(book, quota, scope, row.key(), now)).toList();
      ofRow.forEach(demand -> demand.addBalances(needed));
      demands.add(ofRow);
    }
    Map<BalanceKey, Balance> found = BalanceSql.read(connection, needed, now);
    List<UsageRow> complete = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      Map<UUID, QuotaState> states = new HashMap<>();
      for (Demand demand : demands.get(i)) {
        states.put(
            demand.quota().id(),
            QuotaState.of(demand, key -> found.getOrDefault(key, Balance.empty(key)), now));
      }
      complete.add(rows.get(i).with(states));
    }
    return complete;
  }

  private static Demand demand(
      QuotaBook book, Quota quota, LedgerScope scope, String name, Instant now) {
    String subject =
        quota.selector().each().isEmpty() ? "" : quota.selector().subject(Map.of(scope, name));
    BalanceKey key = new BalanceKey(quota.id(), subject, quota.window().id(now));
    return new Demand(quota, key, 0, book.grants(quota, key));
  }
}
