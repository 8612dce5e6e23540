package io.platformapi.service.quota.balance;

import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Told;
import java.util.Optional;
import java.util.UUID;

/** Balances as Redis holds them. */
final class BalanceText {

  private static final char SEPARATOR = '|';
  private static final String TOLD = "|-";
  private static final int MAX_SAFE_DIGITS = 18;
  private static final int MAX_DIGITS = 19;

  private BalanceText() {}

  /**
   * No two balances have the same: no tenant's id has a brace, the id and the window have a fixed
   * form, and the subject is the rest. The braces keep a tenant's balances on one node of a
   * cluster.
   */
  static String key(String tenantId, BalanceKey key) {
    return prefix(tenantId)
        + key.quotaId()
        + ":"
        + BalanceSql.micros(key.window())
        + ":"
        + key.subject();
  }

  /** The balance of a key that {@link #key} has made; empty when it is of something else. */
  static Optional<BalanceKey> parse(String tenantId, String text) {
    String prefix = prefix(tenantId);
    int quota = prefix.length();
    int window = text.indexOf(':', quota) + 1;
    int subject = text.indexOf(':', window) + 1;
    if (!text.startsWith(prefix) || window == 0 || subject == 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new BalanceKey(
              UUID.fromString(text.substring(quota, window - 1)),
              text.substring(subject),
              BalanceSql.instant(Long.parseLong(text, window, subject - 1, 10))));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String prefix(String tenantId) {
    return "platform:balance:{" + tenantId + "}:";
  }

  /**
   * Where a tenant's changes are told; the keys of balances are longer than this and the two below.
   */
  static String feed(String tenantId) {
    return prefix(tenantId) + "feed";
  }

  /** Up to where the database has told of a tenant's changes: {@link CopyPlace}. */
  static String place(String tenantId) {
    return prefix(tenantId) + "place";
  }

  /** Which epoch of a tenant's balances is believed, and by whose turn; goes by itself. */
  static String believed(String tenantId) {
    return prefix(tenantId) + "believed";
  }

  /** The epoch in what {@link #believed} names. */
  static String epoch(String seen) {
    int end = seen.indexOf(SEPARATOR);
    return end < 0 ? "" : seen.substring(0, end);
  }

  /** What is told of a balance; the scripts add what it is to them. */
  static String told(Balance balance) {
    return balance.version() + "|" + balance.used() + "|" + balance.held();
  }

  /**
   * @param renewAt milliseconds of the epoch from which on it is worth while to write it anew
   * @param seen see {@link BalanceCopy#seen}
   */
  static String filled(Copied copied, long renewAt, String seen) {
    String text = told(copied.balance()) + "|" + renewAt;
    return copied.kind() == Copied.Kind.PASSING ? text : text + "|" + epoch(seen);
  }

  /**
   * What a value says; empty when it is no balance. One of another epoch than what is believed was
   * told of and no more.
   */
  static Optional<Stored> read(BalanceKey key, String value, String seen) {
    if (value == null) {
      return Optional.empty();
    }
    int first = end(value, 0);
    int second = end(value, first + 1);
    int third = end(value, second + 1);
    int fourth = end(value, third + 1);
    boolean passing = third >= value.length();
    boolean told = value.startsWith(TOLD, third) && third + TOLD.length() == value.length();
    boolean renewed = !passing && !told;
    if (!number(value, signed(value, 0), first, MAX_SAFE_DIGITS)
        || !number(value, signed(value, first + 1), second, MAX_DIGITS)
        || !number(value, second + 1, third, MAX_DIGITS)
        || renewed && !number(value, third + 1, fourth, MAX_SAFE_DIGITS)
        || renewed && fourth < value.length() && !word(value, fourth + 1)) {
      return Optional.empty();
    }
    try {
      Balance balance =
          new Balance(
              key,
              Long.parseLong(value, first + 1, second, 10),
              Long.parseLong(value, second + 1, third, 10),
              Long.parseLong(value, 0, first, 10),
              Told.NOTHING);
      Copied.Kind kind = Copied.Kind.PASSING;
      if (told) {
        kind = Copied.Kind.TOLD;
      } else if (renewed && fourth < value.length()) {
        String epoch = epoch(seen);
        kind =
            !epoch.isEmpty() && value.substring(fourth + 1).equals(epoch)
                ? Copied.Kind.KEPT
                : Copied.Kind.TOLD;
      }
      return Optional.of(
          new Stored(
              new Copied(balance, kind),
              renewed ? Long.parseLong(value, third + 1, fourth, 10) : Long.MAX_VALUE));
    } catch (NumberFormatException e) {
      // More than fits.
      return Optional.empty();
    }
  }

  /**
   * A balance as it is stored.
   *
   * @param renewAt see {@link #filled}; never when it is not said
   */
  record Stored(Copied copied, long renewAt) {}

  /** Whether there are letters and digits from here on, and nothing else. */
  private static boolean word(String value, int start) {
    for (int i = start; i < value.length(); i++) {
      char c = value.charAt(i);
      if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'z')) {
        return false;
      }
    }
    return start < value.length();
  }

  private static int end(String value, int start) {
    int separator = value.indexOf(SEPARATOR, start);
    return separator < 0 ? value.length() : separator;
  }

  /** Where the digits of a number begin that may be negative. */
  private static int signed(String value, int start) {
    return start < value.length() && value.charAt(start) == '-' ? start + 1 : start;
  }

  /** Whether there are digits and nothing else, and not too many. */
  private static boolean number(String value, int start, int end, int mostDigits) {
    for (int i = start; i < end; i++) {
      if (value.charAt(i) < '0' || value.charAt(i) > '9') {
        return false;
      }
    }
    return end > start && end - start <= mostDigits;
  }
}
