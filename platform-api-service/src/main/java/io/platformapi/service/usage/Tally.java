package io.platformapi.service.usage;

import io.platformapi.routes.message.UsageRecord;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a set of calls posts: per account and UTC hour, with one source per scope and hour. */
final class Tally {
  static final int SECONDS_PER_HOUR = 3600;

  private final Map<AccountKey, Map<Long, Amounts>> accounts = new HashMap<>();
  private final Map<LedgerScope, Map<String, Map<Long, Amounts>>> byName =
      new EnumMap<>(LedgerScope.class);
  private final SortedMap<LedgerScope, SortedMap<Long, Amounts>> sources = new TreeMap<>();

  private final Map<AccountKey, String> labels = new HashMap<>();

  private Tally() {
    for (LedgerScope scope : LedgerScope.values()) {
      byName.put(scope, new HashMap<>());
    }
  }

  /**
   * @throws ArithmeticException when a sum does not fit 64 bits
   */
  static Tally of(String tenantId, Collection<UsageRecord> calls) {
    return of(tenantId, calls.stream().map(LedgerCall::of).toList(), List.of());
  }

  /**
   * @param takenBack posted with the opposite sign
   * @throws ArithmeticException when a sum does not fit 64 bits
   */
  static Tally of(String tenantId, Collection<LedgerCall> calls, Collection<LedgerCall> takenBack) {
    Tally tally = new Tally();
    calls.forEach(call -> tally.add(tenantId, call.call(), Amounts.of(call)));
    takenBack.forEach(call -> tally.add(tenantId, call.call(), Amounts.of(call).negated()));
    tally.accounts.forEach(tally::give);
    return tally;
  }

  private void add(String tenantId, UsageRecord call, Amounts amounts) {
    Long hour = Math.floorDiv(call.startedAt().getEpochSecond(), (long) SECONDS_PER_HOUR);
    byName.forEach(
        (scope, hoursOf) -> {
          String name = scope.keyOf(tenantId, call);
          if (name == null || name.isEmpty()) {
            return;
          }
          String label = scope.labelOf(call);
          if (label != null) {
            labels.putIfAbsent(AccountKey.of(scope, name), label);
          }
          hoursOf
              .computeIfAbsent(name, first -> hoursOf(AccountKey.of(scope, first)))
              .computeIfAbsent(hour, first -> new Amounts())
              .add(amounts);
        });
  }

  /** Two names may be one account's: a long one, and the digest that it stands as. */
  private Map<Long, Amounts> hoursOf(AccountKey account) {
    return accounts.computeIfAbsent(account, first -> new HashMap<>(2));
  }

  /** What the account receives its source gives. */
  private void give(AccountKey account, Map<Long, Amounts> received) {
    SortedMap<Long, Amounts> given =
        sources.computeIfAbsent(account.scope(), first -> new TreeMap<>());
    received.forEach(
        (hour, amounts) -> given.computeIfAbsent(hour, first -> new Amounts()).subtract(amounts));
  }

  /** Amounts by hour since the epoch, by account. */
  Map<AccountKey, Map<Long, Amounts>> accounts() {
    return accounts;
  }

  /** Names for people, of the accounts that have one. */
  Map<AccountKey, String> labels() {
    return labels;
  }

  /** What the sources give: negative amounts by hour since the epoch, by scope. */
  SortedMap<LedgerScope, SortedMap<Long, Amounts>> sources() {
    return sources;
  }
}
