package io.platformapi.service.quota.engine;

import java.time.Instant;
import java.util.Comparator;
import java.util.UUID;

/**
 * Units on top of a quota's limit. Each is used once: what a window takes above the limit is drawn
 * from the grants that are valid then, and what one window has drawn no other finds again.
 *
 * @param subject whom it is for, of a quota that counts each name for itself; null when each of
 *     them has all of it
 * @param amount 0 when it was revoked: nothing is left, and what was drawn stays drawn
 * @param from inclusive
 * @param until exclusive; {@link QuotaWindow#END} when it stays until it is used up
 * @param priority the lowest is drawn first; of equals the one that ends first
 */
public record QuotaGrant(
    UUID id, UUID quotaId, String subject, long amount, Instant from, Instant until, int priority) {

  /** In which order they are drawn. */
  static final Comparator<QuotaGrant> ORDER =
      Comparator.comparingInt(QuotaGrant::priority)
          .thenComparing(QuotaGrant::until)
          .thenComparing(QuotaGrant::id);

  /**
   * When a grant ends.
   *
   * @param rollover whether it outlives the window that it begins in
   * @param until when it ends whatever happens, or null
   */
  public static Instant end(QuotaWindow window, Instant from, Instant until, boolean rollover) {
    Instant end = rollover || !window.bounded() ? QuotaWindow.END : window.end(from);
    return until == null || until.isAfter(end) ? end : until;
  }

  public boolean validAt(Instant time) {
    return !time.isBefore(from) && time.isBefore(until);
  }

  boolean isFor(String name) {
    return subject == null || subject.equals(name);
  }

  /** The balance of all that a subject has drawn from it. */
  public BalanceKey total(String name) {
    return new BalanceKey(id, name, Instant.EPOCH);
  }

  /** The balance of what a window has drawn from it; of a lifetime that is all. */
  BalanceKey in(BalanceKey window) {
    return new BalanceKey(id, window.subject(), window.window());
  }
}
