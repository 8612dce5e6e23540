package io.platformapi.service.quota.simulation;

import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceChange;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.BalanceSheet;
import io.platformapi.service.quota.engine.CallNames;
import io.platformapi.service.quota.engine.Decision;
import io.platformapi.service.quota.engine.Demand;
import io.platformapi.service.quota.engine.FailMode;
import io.platformapi.service.quota.engine.GrantDraws;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaAmounts;
import io.platformapi.service.quota.engine.QuotaBook;
import io.platformapi.service.quota.engine.QuotaGrant;
import io.platformapi.service.usage.LedgerCall;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Decides recorded calls by other quotas, as if each had been reserved when it started with what it
 * used, and had been settled at once. What is refused is not used. Calls must come in the order of
 * their starts.
 */
public final class QuotaSimulation {
  private final QuotaBook book;
  private final Instant from;
  private final SimulatedBalances balances = new SimulatedBalances();
  private final SimulatedGrants drawn;
  private long looks;

  /**
   * @param grants on these quotas
   * @param drawn what earlier windows than those of the first time have drawn from them, by {@link
   *     QuotaGrant#total}
   * @param from when calls begin to be decided
   */
  public QuotaSimulation(
      Collection<Quota> quotas,
      Collection<QuotaGrant> grants,
      Map<BalanceKey, Long> drawn,
      Instant from) {
    this.book = new QuotaBook(0, FailMode.CLOSED, quotas, grants);
    this.drawn = new SimulatedGrants(drawn);
    this.from = from;
  }

  /** From when on usage is in the windows that a time is in. */
  public static Instant earliest(Collection<Quota> quotas, Instant at) {
    return quotas.stream()
        .map(Quota::window)
        .map(window -> window.isRolling() ? window.firstSlot(at) : window.start(at))
        .min(Instant::compareTo)
        .filter(start -> start.isBefore(at))
        .orElse(at);
  }

  /** A call that was made whatever these quotas say. */
  public void made(LedgerCall call) {
    use(CallNames.of(call.call()), QuotaAmounts.of(call), call.call().startedAt());
  }

  /** A call that these quotas decide. */
  public Decision decide(LedgerCall call) {
    CallNames names = CallNames.of(call.call());
    QuotaAmounts amounts = QuotaAmounts.of(call);
    Instant at = call.call().startedAt();
    List<Demand> demands = book.demands(names, amounts, at);
    List<Balance> present = new ArrayList<>(demands.size());
    for (Demand demand : demands) {
      addBalances(demand.quota(), demand.key(), at, present);
    }
    Decision decision = new BalanceSheet(present).take(demands, at);
    if (decision.granted()) {
      use(names, amounts, at);
    }
    return decision;
  }

  /** How often a balance, or a grant, has been looked at. */
  public long looks() {
    return looks;
  }

  /** How many balances and parts of balances are held at present. */
  public int balances() {
    return balances.size() + drawn.size();
  }

  private void use(CallNames names, QuotaAmounts amounts, Instant at) {
    List<BalanceChange> changes = book.changes(names, amounts, at, at);
    looks += changes.size();
    for (BalanceChange change : changes) {
      balances.add(quota(change.key()), change, at);
    }
    if (book.hasGrants()) {
      draw(changes, at);
    }
  }

  /** As after each commit. What windows before the first one have drawn is told already. */
  private void draw(List<BalanceChange> changes, Instant at) {
    List<BalanceChange> drawing = new ArrayList<>();
    List<Balance> changed = new ArrayList<>();
    for (BalanceChange change : changes) {
      Quota quota = quota(change.key());
      if (!book.grants(quota).isEmpty()
          && !change.key().window().isBefore(quota.window().id(from))) {
        drawing.add(change);
        addBalances(quota, change.key(), at, changed);
      }
    }
    for (BalanceChange draw : GrantDraws.of(book, drawing, changed, at)) {
      drawn.add(quota(draw.key()), draw);
    }
  }

  /** What a window has used, and what was drawn from the grants that it has to do with. */
  private void addBalances(Quota quota, BalanceKey window, Instant at, List<Balance> to) {
    looks += 1 + book.grants(quota).size();
    to.add(balances.get(quota, window, at));
    for (BalanceKey grant : book.grantBalances(quota, window)) {
      to.add(drawn.get(quota, grant));
    }
  }

  private Quota quota(BalanceKey key) {
    return book.quotaOf(key).orElseThrow();
  }
}
