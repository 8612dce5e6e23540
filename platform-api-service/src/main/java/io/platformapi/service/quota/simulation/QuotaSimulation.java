package io.platformapi.service.quota.simulation;

import io.platformapi.service.quota.engine.BalanceChange;
import io.platformapi.service.quota.engine.BalanceSheet;
import io.platformapi.service.quota.engine.CallNames;
import io.platformapi.service.quota.engine.Decision;
import io.platformapi.service.quota.engine.Demand;
import io.platformapi.service.quota.engine.FailMode;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaAmounts;
import io.platformapi.service.quota.engine.QuotaBook;
import io.platformapi.service.usage.LedgerCall;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/**
 * Decides recorded calls by other quotas, as if each had been reserved when it started with what it
 * used, and had been settled at once. What is refused is not used. Calls must come in the order of
 * their starts.
 */
public final class QuotaSimulation {
  private final QuotaBook book;
  private final SimulatedBalances balances = new SimulatedBalances();
  private long looks;

  public QuotaSimulation(Collection<Quota> quotas) {
    this.book = new QuotaBook(0, FailMode.CLOSED, quotas);
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
    looks += demands.size();
    Decision decision =
        new BalanceSheet(demands.stream().map(demand -> balances.get(demand, at)).toList())
            .take(demands, at);
    if (decision.granted()) {
      use(names, amounts, at);
    }
    return decision;
  }

  /** How often a balance has been looked at. */
  public long looks() {
    return looks;
  }

  /** How many balances and parts of balances are held at present. */
  public int balances() {
    return balances.size();
  }

  private void use(CallNames names, QuotaAmounts amounts, Instant at) {
    List<BalanceChange> changes = book.changes(names, amounts, at, at);
    looks += changes.size();
    for (BalanceChange change : changes) {
      balances.add(book.find(change.key().quotaId()).orElseThrow(), change, at);
    }
  }
}
