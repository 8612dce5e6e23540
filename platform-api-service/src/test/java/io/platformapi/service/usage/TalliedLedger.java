package io.platformapi.service.usage;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A tenant's ledger in memory, by the tallies that are written into the real one. */
public final class TalliedLedger {
  private final String tenantId;
  private final Map<AccountKey, Long> ids = new HashMap<>();
  private final Map<Long, LedgerScope> scopes = new HashMap<>();
  private final Map<Long, long[]> postings = new HashMap<>();
  private final Map<Long, long[]> hours = new HashMap<>();
  private final Map<Long, long[]> months = new HashMap<>();

  public TalliedLedger(String tenantId) {
    this.tenantId = tenantId;
    for (LedgerScope scope : LedgerScope.values()) {
      scopes.put(scope.sourceAccount(), scope);
    }
  }

  /** What one transaction posts. */
  public final class Batch {
    private final LedgerRows rows;

    private Batch(LedgerRows rows) {
      this.rows = rows;
    }

    /** Whether the postings of each scope and hour add up to zero in each dimension. */
    public boolean sumsToZero() {
      Map<Long, long[]> sums = new HashMap<>();
      rows.postings()
          .forEach(
              row ->
                  add(
                      sums,
                      row.hour() * LedgerScope.values().length
                          + scopes.get(row.account()).ordinal(),
                      row.amounts()));
      return sums.values().stream().allMatch(TalliedLedger::zero);
    }

    public void commit() {
      rows.postings().forEach(row -> add(postings, row.account(), row.amounts()));
      rows.counters()
          .forEach(
              row ->
                  add(
                      row.kind().equals(LedgerRow.HOUR) ? hours : months,
                      row.account(),
                      row.amounts()));
    }
  }

  public Batch batch(List<LedgerCall> calls, List<LedgerCall> takenBack) {
    Tally tally = Tally.of(tenantId, calls, takenBack);
    for (AccountKey key : tally.accounts().keySet()) {
      long id = ids.computeIfAbsent(key, k -> LedgerScope.values().length + 1L + ids.size());
      scopes.put(id, key.scope());
    }
    return new Batch(LedgerRows.of(tenantId, tally, ids));
  }

  /**
   * What postings, hourly and monthly counters of an account say of a dimension.
   *
   * @param name null for the tenant
   */
  public long[] sums(LedgerScope scope, String name, Dimension dimension) {
    Long id = ids.get(AccountKey.of(scope, name == null ? tenantId : name));
    return new long[] {
      of(postings, id, dimension), of(hours, id, dimension), of(months, id, dimension)
    };
  }

  private static long of(Map<Long, long[]> sums, Long id, Dimension dimension) {
    long[] found = id == null ? null : sums.get(id);
    return found == null ? 0 : found[dimension.ordinal()];
  }

  private static void add(Map<Long, long[]> sums, long key, Amounts amounts) {
    long[] sum = sums.computeIfAbsent(key, k -> new long[Dimension.COUNT]);
    for (Dimension dimension : Dimension.values()) {
      sum[dimension.ordinal()] += amounts.get(dimension);
    }
  }

  private static boolean zero(long[] sums) {
    for (long sum : sums) {
      if (sum != 0) {
        return false;
      }
    }
    return true;
  }
}
