package io.platformapi.service.quota;

import io.platformapi.service.http.Money;
import io.platformapi.service.quota.engine.QuotaAmounts;
import io.platformapi.service.quota.reservation.Subject;
import java.nio.charset.StandardCharsets;

/** Reads of whom a call is and what it uses. */
final class CallRules {
  /** No single call, and no tenant's storage in bytes, comes near. */
  static final long MAX_AMOUNT = 1_000_000_000_000_000L;

  private static final int MAX_NAME_OCTETS = 1024;
  private static final CallSubject NOBODY = new CallSubject(null, null, null, null);
  private static final CallAmounts NOTHING = new CallAmounts(null, null, null, null, null, null);

  private final Problems problems;
  private final AmountRules money;

  CallRules(Problems problems, String currency) {
    this.problems = problems;
    this.money = new AmountRules(problems, currency);
  }

  /**
   * @param path of the call, with its dot, or empty
   */
  Subject subject(String path, CallSubject given, String provider, String model) {
    CallSubject who = given == null ? NOBODY : given;
    return new Subject(
        name(path, "subject.team", who.team()),
        name(path, "subject.user", who.user()),
        name(path, "subject.endUser", who.endUser()),
        name(path, "subject.apiKey", who.apiKey()),
        name(path, "provider", provider),
        name(path, "model", model));
  }

  String name(String path, String field, String name) {
    if (name != null && !plain(name) && !valid(name)) {
      problems.add(
          path + field, "must be 1 to " + MAX_NAME_OCTETS + " bytes without control characters");
    }
    return name;
  }

  /** Few names are other than short printable ASCII, of which no more need be asked. */
  private static boolean plain(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) < ' ' || name.charAt(i) > '~') {
        return false;
      }
    }
    return !name.isEmpty() && name.length() <= MAX_NAME_OCTETS;
  }

  private static boolean valid(String name) {
    return !name.isEmpty()
        && name.chars().noneMatch(Character::isISOControl)
        && StandardCharsets.UTF_8.newEncoder().canEncode(name)
        && name.getBytes(StandardCharsets.UTF_8).length <= MAX_NAME_OCTETS;
  }

  QuotaAmounts amounts(String path, CallAmounts given) {
    CallAmounts amounts = given == null ? NOTHING : given;
    boolean levels = amounts.storageBytes() != null || amounts.seats() != null;
    boolean call =
        amounts.inputTokens() != null
            || amounts.outputTokens() != null
            || amounts.requests() != null
            || amounts.cost() != null;
    if (levels && call) {
      problems.add(path, "must be of a call, or of storage and seats, not of both");
    }
    return new QuotaAmounts(
        whole(path, ".inputTokens", amounts.inputTokens(), 0),
        whole(path, ".outputTokens", amounts.outputTokens(), 0),
        whole(path, ".requests", amounts.requests(), levels ? 0 : 1),
        cost(path, amounts.cost()),
        whole(path, ".storageBytes", amounts.storageBytes(), 0),
        whole(path, ".seats", amounts.seats(), 0));
  }

  private long whole(String path, String field, Long number, long absent) {
    if (number == null) {
      return absent;
    }
    if (number < 0 || number > MAX_AMOUNT) {
      problems.add(path + field, "must be a whole number from 0 to " + MAX_AMOUNT);
    }
    return number;
  }

  private long cost(String path, Money cost) {
    if (cost == null) {
      return 0;
    }
    long nanos = money.money(path + ".cost", cost).orElse(0L);
    if (nanos > MAX_AMOUNT) {
      problems.add(path + ".cost.amount", "must not be more than 1000000");
    }
    return nanos;
  }
}
