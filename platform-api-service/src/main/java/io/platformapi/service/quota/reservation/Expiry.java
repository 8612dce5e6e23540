package io.platformapi.service.quota.reservation;

import io.platformapi.service.quota.balance.BalanceCopy;
import io.platformapi.service.quota.balance.Cause;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceChange;
import io.platformapi.service.quota.engine.QuotaBook;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Ends reservations that hold over their time, and forgets those that ended long ago. */
public final class Expiry {
  /** So long a reservation that has ended can be asked for. */
  public static final Duration KEPT = Duration.ofHours(24);

  private static final int AT_ONCE = 500;

  private final QuotaWork work;
  private final BalanceCopy copy;

  public Expiry(QuotaWork work, BalanceCopy copy) {
    this.work = work;
    this.copy = copy;
  }

  /**
   * Ends what is overdue in a tenant's database, but for what others are at just now.
   *
   * @return how many it ended
   */
  public int run(String tenantId) {
    int all = 0;
    Swept swept;
    do {
      swept = some(tenantId);
      all += swept.ended;
    } while (swept.ended == AT_ONCE);
    return all;
  }

  /**
   * The same until nothing is overdue.
   *
   * @return when the next will be, or null when nobody holds anything
   */
  Instant runAndTellNext(String tenantId) {
    Swept swept;
    do {
      swept = some(tenantId);
    } while (swept.ended > 0);
    return swept.earliest;
  }

  /**
   * @param earliest expiry of those that are open, when it ended none
   */
  private record Swept(int ended, Instant earliest, List<Balance> changed) {}

  private Swept some(String tenantId) {
    Swept swept = work.run(tenantId, Expiry::attempt);
    if (!swept.changed.isEmpty()) {
      copy.tell(tenantId, swept.changed);
    }
    return swept;
  }

  private static Swept attempt(QuotaTransaction transaction, QuotaBook book, Instant now) {
    Opened opened = QuotaWork.open(transaction, book, Opening.ofOverdue(now, AT_ONCE));
    List<BalanceChange> freed = new ArrayList<>();
    List<Reservation> expired = new ArrayList<>();
    for (Reservation reservation : opened.reservations()) {
      freed.addAll(reservation.freed());
      expired.add(reservation.expired(now));
    }
    List<Balance> changed =
        expired.isEmpty()
            ? List.of()
            : transaction.write(
                new Writes(
                    Cause.ofLedger(expired.get(0).id()),
                    freed,
                    List.of(),
                    List.of(),
                    expired,
                    Map.of()),
                book,
                now);
    return new Swept(
        expired.size(), expired.isEmpty() ? transaction.earliestExpiry() : null, changed);
  }

  /** Forgets what ended long ago in a tenant's database. */
  public void forget(String tenantId) {
    int forgotten;
    do {
      forgotten =
          work.run(
              tenantId,
              (transaction, book, now) -> transaction.forget(book, now.minus(KEPT), AT_ONCE));
    } while (forgotten == AT_ONCE);
  }
}
