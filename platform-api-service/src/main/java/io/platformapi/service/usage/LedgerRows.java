package io.platformapi.service.usage;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a batch writes: the postings, and what they add to the counters, both in the order of their
 * keys.
 */
record LedgerRows(long tenantAccount, List<LedgerRow> postings, List<LedgerRow> counters) {

  /**
   * @param accounts ids of all accounts of the tally
   */
  static LedgerRows of(String tenantId, Tally tally, Map<AccountKey, Long> accounts) {
    List<LedgerRow> postings = new ArrayList<>();
    List<LedgerRow> counters = new ArrayList<>();
    tally
        .sources()
        .forEach(
            (scope, hours) ->
                hours.forEach(
                    (hour, amounts) ->
                        postings.add(
                            new LedgerRow(scope.sourceAccount(), LedgerRow.HOUR, hour, amounts))));
    tally
        .accounts()
        .forEach(
            (key, hours) -> {
              long account = accounts.get(key);
              Map<Long, Amounts> months = new TreeMap<>();
              hours.forEach(
                  (hour, amounts) -> {
                    LedgerRow row = new LedgerRow(account, LedgerRow.HOUR, hour, amounts);
                    postings.add(row);
                    counters.add(row);
                    months.computeIfAbsent(monthOf(hour), m -> new Amounts()).add(amounts);
                  });
              months.forEach(
                  (month, amounts) ->
                      counters.add(new LedgerRow(account, LedgerRow.MONTH, month, amounts)));
            });
    postings.sort(LedgerRow.KEY_ORDER);
    counters.sort(LedgerRow.KEY_ORDER);
    long tenantAccount = accounts.get(AccountKey.of(LedgerScope.TENANT, tenantId));
    return new LedgerRows(tenantAccount, postings, counters);
  }

  /** The months that the batch touched, as the hours since the epoch in which they begin. */
  long[] months() {
    return counters.stream()
        .filter(row -> row.account() == tenantAccount && row.kind().equals(LedgerRow.MONTH))
        .mapToLong(LedgerRow::hour)
        .toArray();
  }

  private static long monthOf(long hour) {
    OffsetDateTime time =
        Instant.ofEpochSecond(hour * Tally.SECONDS_PER_HOUR).atOffset(ZoneOffset.UTC);
    return time.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1).toEpochSecond()
        / Tally.SECONDS_PER_HOUR;
  }
}
