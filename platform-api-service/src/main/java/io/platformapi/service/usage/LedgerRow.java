package io.platformapi.service.usage;

import java.util.Comparator;
import java.util.List;

/**
 * One row for the postings or the counters.
 *
 * @param kind {@code hour} or {@code month}
 * @param hour start of the bucket in hours since the epoch
 */
record LedgerRow(long account, String kind, long hour, Amounts amounts) {
  static final String HOUR = "hour";
  static final String MONTH = "month";

  /** The order of the counters' key: writers that lock in one order cannot deadlock. */
  static final Comparator<LedgerRow> KEY_ORDER =
      Comparator.comparingLong(LedgerRow::account)
          .thenComparing(LedgerRow::kind)
          .thenComparingLong(LedgerRow::hour);

  static long[] accounts(List<LedgerRow> rows) {
    return rows.stream().mapToLong(LedgerRow::account).toArray();
  }

  static String[] kinds(List<LedgerRow> rows) {
    return rows.stream().map(LedgerRow::kind).toArray(String[]::new);
  }

  static long[] hours(List<LedgerRow> rows) {
    return rows.stream().mapToLong(LedgerRow::hour).toArray();
  }

  static long[] amounts(List<LedgerRow> rows, Dimension dimension) {
    return rows.stream().mapToLong(row -> row.amounts().get(dimension)).toArray();
  }
}
