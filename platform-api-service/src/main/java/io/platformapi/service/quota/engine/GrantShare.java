package io.platformapi.service.quota.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What grants add to one window's limit, and what the window draws from them.
 *
 * <p>A window draws what it has taken above its limit, and gives back what it no longer has: from
 * the grants in their order, to them in the opposite one.
 */
final class GrantShare {
  private final List<QuotaGrant> grants;
  private final BalanceKey window;
  private final Instant at;
  private final long[] here;
  private final long[] left;

  /**
   * @param grants that concern the window, in their order
   * @param balances of what was drawn from them, by key
   */
  GrantShare(
      List<QuotaGrant> grants,
      BalanceKey window,
      Function<BalanceKey, Balance> balances,
      Instant at) {
    this.grants = grants;
    this.window = window;
    this.at = at;
    this.here = new long[grants.size()];
    this.left = new long[grants.size()];
    for (int i = 0; i < here.length; i++) {
      QuotaGrant grant = grants.get(i);
      here[i] = drawn(grant, window, balances);
      left[i] = left(grant, window, balances);
    }
  }

  /** What the window has drawn from a grant. */
  static long drawn(QuotaGrant grant, BalanceKey window, Function<BalanceKey, Balance> balances) {
    return balances.apply(grant.in(window)).used();
  }

  /** What nobody has drawn of it yet. */
  static long left(QuotaGrant grant, BalanceKey window, Function<BalanceKey, Balance> balances) {
    return Math.max(0, grant.amount() - balances.apply(grant.total(window.subject())).used());
  }

  /** What a demand's limit has on top of it. */
  static long added(Demand demand, Function<BalanceKey, Balance> balances, Instant at) {
    return demand.grants().isEmpty()
        ? 0
        : new GrantShare(demand.grants(), demand.key(), balances, at).added();
  }

  /** What the window has drawn, and what it may draw yet. */
  long added() {
    long sum = drawn();
    for (int i = 0; i < here.length; i++) {
      sum = grants.get(i).validAt(at) ? add(sum, left[i]) : sum;
    }
    return sum;
  }

  private long drawn() {
    long sum = 0;
    for (long drawn : here) {
      sum = add(sum, drawn);
    }
    return sum;
  }

  /**
   * What the window is to draw more, or to give back.
   *
   * @param over what it has taken above its limit
   * @param least most that may be given back, as a negative number
   * @param most that may be drawn
   */
  List<BalanceChange> settle(long over, long least, long most) {
    long more = Math.max(least, Math.min(most, over - drawn()));
    List<BalanceChange> changes = new ArrayList<>();
    for (int i = 0; i < here.length && more > 0; i++) {
      long drawn = grants.get(i).validAt(at) ? Math.min(more, left[i]) : 0;
      change(grants.get(i), drawn, changes);
      more -= drawn;
    }
    for (int i = here.length - 1; i >= 0 && more < 0; i--) {
      long back = Math.min(-more, here[i]);
      change(grants.get(i), -back, changes);
      more += back;
    }
    return changes;
  }

  private void change(QuotaGrant grant, long drawn, List<BalanceChange> to) {
    if (drawn != 0) {
      BalanceKey total = grant.total(window.subject());
      BalanceKey mine = grant.in(window);
      to.add(new BalanceChange(total, null, drawn, 0));
      if (!mine.equals(total)) {
        to.add(new BalanceChange(mine, null, drawn, 0));
      }
    }
  }

  /** The largest number when the sum does not fit. */
  static long add(long a, long b) {
    long sum = a + b;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }

  /** Balances by key; what is not among them is empty. */
  static Function<BalanceKey, Balance> in(Map<BalanceKey, Balance> balances) {
    return key -> {
      Balance found = balances.get(key);
      return found == null ? Balance.empty(key) : found;
    };
  }
}
