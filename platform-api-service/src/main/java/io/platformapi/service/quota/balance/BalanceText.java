package io.platformapi.service.quota.balance;

import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Told;
import java.util.Optional;
import java.util.UUID;

/** Balances as Redis holds them. */
final class BalanceText {

  private static final char SEPARATOR = '|';
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

  /** Where a tenant's changes are told; the keys of balances are longer. */
  static String feed(String tenantId) {
    return prefix(tenantId) + "feed";
  }

  /**
   * @param renewAt milliseconds of the epoch from which on it is worth while to write it anew
   */
  static String value(Balance balance, long renewAt) {
    return balance.version() + "|" + balance.used() + "|" + balance.held() + "|" + renewAt;
  }

  /** What a value says; empty when it is no balance. */
  static Optional<Copied> read(BalanceKey key, String value) {
    if (value == null) {
      return Optional.empty();
    }
    int first = end(value, 0);
    int second = end(value, first + 1);
    int third = end(value, second + 1);
    boolean renewed = third < value.length();
    if (!number(value, signed(value, 0), first, MAX_SAFE_DIGITS)
        || !number(value, signed(value, first + 1), second, MAX_DIGITS)
        || !number(value, second + 1, third, MAX_DIGITS)
        || renewed && !number(value, third + 1, value.length(), MAX_SAFE_DIGITS)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Copied(
              new Balance(
                  key,
                  Long.parseLong(value, first + 1, second, 10),
                  Long.parseLong(value, second + 1, third, 10),
                  Long.parseLong(value, 0, first, 10),
                  Told.NOTHING),
              renewed ? Long.parseLong(value, third + 1, value.length(), 10) : Long.MAX_VALUE));
    } catch (NumberFormatException e) {
      // More than fits.
      return Optional.empty();
    }
  }

  /**
   * A balance as the copy has it.
   *
   * @param renewAt see {@link #value}; never when it is not said
   */
  record Copied(Balance balance, long renewAt) {}

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
