package io.platformapi.service.quota.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What changes of balances draw from grants, or give back to them. */
public final class GrantDraws {
  private static final long ALL = Long.MAX_VALUE;

  private static final Comparator<Balance> OLDEST_FIRST =
      Comparator.comparing((Balance balance) -> balance.key().window()).thenComparing(Balance::key);

  private final QuotaBook book;
  private final Instant now;
  private final List<Balance> windows;
  private final Map<BalanceKey, Balance> balances = new HashMap<>();
  private final Function<BalanceKey, Balance> known = GrantShare.in(balances);
  private final Map<BalanceKey, Long> differences = new HashMap<>();
  private final List<BalanceChange> draws = new ArrayList<>();

  private GrantDraws(
      QuotaBook book, Collection<BalanceChange> changes, Collection<Balance> changed, Instant now) {
    this.book = book;
    this.now = now;
    this.windows = changed.stream().sorted(OLDEST_FIRST).toList();
    windows.forEach(balance -> balances.put(balance.key(), balance));
    changes.forEach(c -> differences.merge(c.key(), c.used() + c.held(), Long::sum));
  }

  /**
   * What is due after a transaction's changes. Of a window that is over no more than has changed:
   * that its quota has another limit today is not its concern.
   *
   * @param changes as they were made
   * @param changed the balances as they are now, those of {@link QuotaBook#grantBalances} too, all
   *     locked
   */
  public static List<BalanceChange> of(
      QuotaBook book, Collection<BalanceChange> changes, Collection<Balance> changed, Instant now) {
    if (!book.hasGrants()) {
      return List.of();
    }
    return new GrantDraws(book, changes, changed, now).all();
  }

  private List<BalanceChange> all() {
    // Late calls may be of several windows: what one gives back another may draw.
    windows.forEach(balance -> settle(balance, true));
    windows.forEach(balance -> settle(balance, false));
    return draws;
  }

  private void settle(Balance balance, boolean back) {
    BalanceKey key = balance.key();
    Quota quota = book.find(key.quotaId()).orElse(null);
    List<QuotaGrant> grants = quota == null ? List.of() : book.grants(quota, key);
    if (grants.isEmpty()) {
      return;
    }
    Instant at = within(quota.window(), key, now);
    long over = Math.max(0, balance.taken() - quota.limit());
    long most = at.isBefore(now) ? differences.getOrDefault(key, 0L) : back ? -ALL : ALL;
    for (BalanceChange change :
        new GrantShare(grants, key, known, at)
            .settle(over, back ? Math.min(0, most) : 0, back ? 0 : Math.max(0, most))) {
      balances.put(change.key(), known.apply(change.key()).plus(change.used(), 0));
      draws.add(change);
    }
  }

  /** The present time, or that of the window which is nearest to it. */
  private static Instant within(QuotaWindow window, BalanceKey key, Instant now) {
    if (!window.bounded()) {
      return now;
    }
    Instant last = window.end(key.window()).minusNanos(1);
    Instant first = key.window();
    return now.isAfter(last) ? last : now.isBefore(first) ? first : now;
  }
}
