package io.platformapi.service.quota;

import io.platformapi.service.quota.balance.BalanceSql;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Demand;
import io.platformapi.service.quota.engine.FailMode;
import io.platformapi.service.quota.engine.GrantTimeline;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaBook;
import io.platformapi.service.quota.engine.QuotaState;
import io.platformapi.service.usage.LedgerScope;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

/**
 * Adds to what was used what is held and granted, where the window is the present one; for a series
 * what is granted of other windows, too.
 */
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
    QuotaBook book = book(connection, quotas.values());
    List<List<Demand>> demands = rows.stream().map(row -> demands(book, row, scope, now)).toList();
    Map<BalanceKey, Balance> found = balances(connection, demands, now);
    List<UsageRow> complete = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      complete.add(rows.get(i).with(states(demands.get(i), found, now)));
    }
    return complete;
  }

  /** One row with what its limits have on top of them in the window that is asked for. */
  GrantedUsage series(Connection connection, UsageRow row, UsageQuery query, Instant now)
      throws SQLException {
    if (row.quotas().isEmpty()) {
      return new GrantedUsage(row, Map.of());
    }
    QuotaBook book = book(connection, row.quotas());
    List<Demand> demands = demands(book, row, query.scope(), query.at());
    Map<BalanceKey, Balance> found = balances(connection, List.of(demands), now);
    Map<UUID, GrantTimeline> granted = new HashMap<>();
    for (Demand demand : demands) {
      granted(demand, found, query, now)
          .ifPresent(timeline -> granted.put(demand.quota().id(), timeline));
    }
    return new GrantedUsage(
        query.present(now) ? row.with(states(demands, found, now)) : row, granted);
  }

  /** Empty when it cannot be known. */
  private static Optional<GrantTimeline> granted(
      Demand demand, Map<BalanceKey, Balance> found, UsageQuery query, Instant now) {
    if (query.present(now)) {
      return Optional.of(GrantTimeline.present(demand, in(found)));
    }
    if (query.window().bounded()
        && query.window().start(query.at()).isBefore(now.minus(QuotaGrantSql.KEPT))) {
      // Whatever was on it then is forgotten.
      return Optional.empty();
    }
    if (query.asOf() != null) {
      // What was drawn by then is not stored.
      return demand.grants().isEmpty() ? Optional.of(GrantTimeline.NONE) : Optional.empty();
    }
    return GrantTimeline.past(demand, found, now);
  }

  private QuotaBook book(Connection connection, Collection<Quota> quotas) throws SQLException {
    return new QuotaBook(0, FailMode.CLOSED, quotas, grants.all(connection));
  }

  private static List<Demand> demands(QuotaBook book, UsageRow row, LedgerScope scope, Instant at) {
    return row.quotas().stream().map(quota -> demand(book, quota, scope, row.key(), at)).toList();
  }

  private static Demand demand(
      QuotaBook book, Quota quota, LedgerScope scope, String name, Instant at) {
    String subject =
        quota.selector().each().isEmpty() ? "" : quota.selector().subject(Map.of(scope, name));
    BalanceKey key = new BalanceKey(quota.id(), subject, quota.window().id(at));
    return new Demand(quota, key, 0, book.grants(quota, key));
  }

  private static Map<BalanceKey, Balance> balances(
      Connection connection, List<List<Demand>> demands, Instant now) throws SQLException {
    SortedMap<BalanceKey, Quota> needed = new TreeMap<>();
    demands.forEach(ofRow -> ofRow.forEach(demand -> demand.addBalances(needed)));
    return BalanceSql.read(connection, needed, now);
  }

  private static Map<UUID, QuotaState> states(
      List<Demand> demands, Map<BalanceKey, Balance> found, Instant now) {
    Map<UUID, QuotaState> states = new HashMap<>();
    for (Demand demand : demands) {
      states.put(demand.quota().id(), QuotaState.of(demand, in(found), now));
    }
    return states;
  }

  private static Function<BalanceKey, Balance> in(Map<BalanceKey, Balance> found) {
    return key -> found.getOrDefault(key, Balance.empty(key));
  }
}
