package io.platformapi.service.quota;

import io.platformapi.service.quota.balance.PastDraws;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaGrant;
import io.platformapi.service.quota.engine.QuotaWindow;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Proposed quotas with the grants that a tenant has on them: as if they had been put, those that
 * stay keep their ids and grants.
 *
 * @param quotas in the order in which they were proposed
 * @param grants that may count in the period
 */
record SimulatedSet(List<Quota> quotas, List<QuotaGrant> grants) {

  /** The set for a period, with the tenant's grants as they are now. */
  static SimulatedSet read(Connection connection, List<Quota> proposed, Instant from, Instant to)
      throws SQLException {
    Map<Quota.NaturalKey, UUID> present =
        new QuotaSql()
            .read(connection).quotas().stream()
                .collect(Collectors.toMap(Quota::naturalKey, Quota::id));
    List<Quota> quotas =
        proposed.stream()
            .map(quota -> quota.withId(present.getOrDefault(quota.naturalKey(), quota.id())))
            .toList();
    Map<UUID, Quota> byId = byId(quotas);
    List<QuotaGrant> grants =
        new QuotaGrantSql()
            .all(connection).stream()
                .filter(grant -> grant.amount() > 0 && byId.containsKey(grant.quotaId()))
                .filter(
                    grant ->
                        grant.until().isAfter(byId.get(grant.quotaId()).window().start(from))
                            && grant.from().isBefore(to))
                .toList();
    return new SimulatedSet(quotas, grants);
  }

  /**
   * What earlier windows than those of a time have drawn from the grants. Of one that began in such
   * a window or later that is nothing, and a lifetime has no earlier one.
   *
   * @param most balances
   */
  Map<BalanceKey, Long> drawnBefore(Connection connection, Instant from, int most)
      throws SQLException {
    Map<UUID, Quota> byId = byId(quotas);
    Map<UUID, Instant> windows = new HashMap<>();
    for (QuotaGrant grant : grants) {
      QuotaWindow window = byId.get(grant.quotaId()).window();
      if (window.bounded() && grant.from().isBefore(window.start(from))) {
        windows.put(grant.id(), window.start(from));
      }
    }
    return windows.isEmpty() ? Map.of() : PastDraws.read(connection, windows, most);
  }

  private static Map<UUID, Quota> byId(List<Quota> quotas) {
    return quotas.stream().collect(Collectors.toMap(Quota::id, Function.identity()));
  }
}
