package io.platformapi.service.usage;

import io.platformapi.routes.message.UsageRecord;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a set of calls posts: per account and UTC hour, with one source per scope and hour. */
final class Tally {
  static final int SECONDS_PER_HOUR = 3600;

  private final Map<AccountKey, Map<Long, Amounts>> accounts = new HashMap<>();
  private final SortedMap<LedgerScope, SortedMap<Long, Amounts>> sources = new TreeMap<>();

  private final Map<AccountKey, String> labels = new HashMap<>();

  private Tally() {}

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
    return tally;
  }

  private void add(String tenantId, UsageRecord call, Amounts amounts) {
    Long hour = Math.floorDiv(call.startedAt().getEpochSecond(), (long) SECONDS_PER_HOUR);
    for (LedgerScope scope : LedgerScope.values()) {
      String name = scope.keyOf(tenantId, call);
      if (name == null || name.isEmpty()) {
        continue;
      }
      AccountKey account = AccountKey.of(scope, name);
      String label = scope.labelOf(call);
      if (label != null) {
        labels.putIfAbsent(account, label);
      }
      accounts
          .computeIfAbsent(account, key -> new HashMap<>(2))
          .computeIfAbsent(hour, key -> new Amounts())
          .add(amounts);
      sources
          .computeIfAbsent(scope, key -> new TreeMap<>())
          .computeIfAbsent(hour, key -> new Amounts())
          .subtract(amounts);
    }
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
