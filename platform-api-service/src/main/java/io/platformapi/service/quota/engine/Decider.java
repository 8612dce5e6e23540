package io.platformapi.service.quota.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * Decides whether a request gets all it wants or nothing, from the balances alone.
 *
 * <p>A quota refuses what does not fit below its limit beside all that is used and held; what
 * grants add to the limit counts with it. One that is to be enforced also refuses a call that wants
 * nothing of it when nothing is left: who makes no estimate gets nothing from an exhausted quota.
 */
public final class Decider {
  /** So far a balance may grow: two such numbers can be added. */
  static final long MAX_TAKEN = Long.MAX_VALUE / 2;

  private static final Comparator<Decision.Refusal> NAMED_FIRST =
      Comparator.<Decision.Refusal>comparingInt(refusal -> refusal.state().quota().priority())
          .thenComparing(refusal -> refusal.state().quota().id());

  private Decider() {}

  /**
   * @param balances the present ones, by key
   */
  public static Decision decide(
      List<Demand> demands, Function<BalanceKey, Balance> balances, Instant now) {
    List<Decision.Refusal> refusing = new ArrayList<>();
    List<QuotaState> before = new ArrayList<>(demands.size());
    for (Demand demand : demands) {
      QuotaState state = QuotaState.of(demand, balances, now);
      before.add(state);
      if (refuses(demand.amount(), state)) {
        refusing.add(new Decision.Refusal(state, demand.amount()));
      }
    }
    if (!refusing.isEmpty()) {
      refusing.sort(NAMED_FIRST);
      return new Decision(before, refusing);
    }
    List<QuotaState> after = new ArrayList<>(demands.size());
    for (int i = 0; i < demands.size(); i++) {
      Balance balance = before.get(i).balance();
      long amount = demands.get(i).amount();
      after.add(
          new QuotaState(
              demands.get(i).quota(),
              amount == 0 ? balance : balance.plus(0, amount),
              now,
              before.get(i).granted()));
    }
    return new Decision(after, List.of());
  }

  private static boolean refuses(long amount, QuotaState state) {
    long taken = state.balance().taken();
    // Whatever its mode: what cannot be counted cannot be given.
    if (taken > MAX_TAKEN || amount > MAX_TAKEN - Math.max(0, taken)) {
      return true;
    }
    if (state.quota().mode() != QuotaMode.ENFORCE) {
      return false;
    }
    return amount == 0 ? taken >= state.limit() : taken + amount > state.limit();
  }
}
