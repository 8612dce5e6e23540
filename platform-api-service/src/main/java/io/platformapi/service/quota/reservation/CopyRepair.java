package io.platformapi.service.quota.reservation;

import io.platformapi.service.quota.balance.BalanceNews;
import io.platformapi.service.quota.balance.CopyPlace;
import io.platformapi.service.quota.balance.CopyRepairs;
import java.time.Duration;
import java.util.Optional;

/**
 * Asks a tenant's database what has changed since it was asked last, by whomever, and tells the
 * copy. So the copy misses no change for long, whoever could not tell of it, and what nobody
 * changes is not read again.
 */
public final class CopyRepair {
  /** More is not told: the copy begins anew. */
  private static final int MOST = 20_000;

  private final QuotaStore store;
  private final CopyRepairs copy;
  private final Duration interval;

  /**
   * @param interval between two repairs of a tenant's copy, on all nodes together
   */
  public CopyRepair(QuotaStore store, CopyRepairs copy, Duration interval) {
    this.store = store;
    this.copy = copy;
    this.interval = interval;
  }

  /** How it went. */
  public enum Result {
    /** Another node has done it not long ago. */
    NOT_DUE,
    DONE,
    /** What the copy had is not believed any more, since it is not known what has changed. */
    BEGUN_ANEW,
    /** Another node was faster. */
    OVERTAKEN,
    /** The copy does not answer. */
    NO_ANSWER
  }

  /**
   * @param repaired how many balances were behind in the copy
   * @param next when it is due again
   */
  public record Repaired(Result result, int repaired, Duration next) {}

  /**
   * Repairs a tenant's copy, if it is due.
   *
   * @throws io.platformapi.service.persistence.DatabaseUnavailableException when the database is
   *     away; the next one tells of all since the one before
   */
  public Repaired run(String tenantId) {
    // What the copy's clock shows now is before the snapshot: it is not told younger than it is.
    CopyPlace place = copy.place(tenantId).orElse(null);
    if (place == null) {
      return new Repaired(Result.NO_ANSWER, 0, interval);
    }
    if (place.believed() && place.age().compareTo(interval) < 0) {
      return new Repaired(Result.NOT_DUE, 0, interval.minus(place.age()));
    }
    BalanceNews news =
        store.transaction(tenantId, transaction -> transaction.news(place.seen(), MOST));
    Optional<Integer> repaired = copy.advance(tenantId, place, news);
    if (repaired.isEmpty()) {
      return new Repaired(Result.NO_ANSWER, 0, interval);
    }
    if (repaired.get() == CopyRepairs.OVERTAKEN) {
      return new Repaired(Result.OVERTAKEN, 0, interval);
    }
    return new Repaired(news.whole() ? Result.DONE : Result.BEGUN_ANEW, repaired.get(), interval);
  }
}
