package io.platformapi.service.quota.simulator;

import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.QuotaGrant;
import java.time.Instant;
import java.util.Comparator;
import java.util.UUID;

/**
 * A grant as the oracle sees it.
 *
 * @param subject null for each
 * @param end when nothing can be drawn from it any more
 */
record Bonus(
    UUID id,
    UUID ruleId,
    String subject,
    long amount,
    Instant from,
    Instant end,
    int priority,
    boolean revoked) {

  /** Which is drawn first. */
  static final Comparator<Bonus> FIRST =
      Comparator.comparingInt(Bonus::priority).thenComparing(Bonus::end).thenComparing(Bonus::id);

  /** One that lasts as long as it may: to the end of its window, unless it rolls over. */
  static Bonus of(
      UUID id,
      Rule rule,
      String subject,
      long amount,
      Instant from,
      Instant until,
      int priority,
      boolean rollover) {
    Instant end = rule.end(rule.window(from));
    Instant last = rollover || end.equals(Instant.MAX) ? until : until.isBefore(end) ? until : end;
    return new Bonus(id, rule.id(), subject, amount, from, last, priority, false);
  }

  Bonus revoke() {
    return new Bonus(id, ruleId, subject, amount, from, end, priority, true);
  }

  boolean isOn(BalanceKey balance) {
    return ruleId.equals(balance.quotaId())
        && (subject == null || subject.equals(balance.subject()));
  }

  boolean valid(Instant at) {
    return !revoked && !at.isBefore(from) && at.isBefore(end);
  }

  BalanceKey total(BalanceKey balance) {
    return new BalanceKey(id, balance.subject(), Instant.EPOCH);
  }

  BalanceKey in(BalanceKey balance) {
    return new BalanceKey(id, balance.subject(), balance.window());
  }

  QuotaGrant grant() {
    return new QuotaGrant(id, ruleId, subject, revoked ? 0 : amount, from, end, priority);
  }

  @Override
  public String toString() {
    return "grant %s on %s subject=%s, %s to %s, %d%s: %d"
        .formatted(id, ruleId, subject, from, end, priority, revoked ? " revoked" : "", amount);
  }
}
