package io.platformapi.service.quota.balance;

import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceChange;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.GrantDraws;
import io.platformapi.service.quota.engine.QuotaBook;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Draws from grants, or gives back to them, what follows from changes of balances. */
public final class GrantedBalances {
  private GrantedBalances() {}

  /**
   * One round trip more when something is drawn or given back, else none. The rows are locked since
   * the changes were made.
   *
   * @param changed the balances as they are now
   * @return the same, with those of the grants
   */
  public static List<Balance> follow(
      Connection connection,
      Collection<BalanceChange> changes,
      List<Balance> changed,
      QuotaBook book,
      Instant now)
      throws SQLException {
    List<BalanceChange> draws = GrantDraws.of(book, changes, changed, now);
    if (draws.isEmpty()) {
      return changed;
    }
    Map<BalanceKey, Balance> all = new TreeMap<>();
    changed.forEach(balance -> all.put(balance.key(), balance));
    BalanceChanges.apply(connection, draws, book, now)
        .forEach(balance -> all.put(balance.key(), balance));
    return List.copyOf(all.values());
  }
}
