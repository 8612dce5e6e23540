package io.platformapi.service.quota.reservation;

import io.platformapi.service.quota.balance.BalanceCopy;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceChange;
import java.time.Duration;
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
    while (true) {
      int ended = some(tenantId);
      all += ended;
      if (ended < AT_ONCE) {
        return all;
      }
    }
  }

  private int some(String tenantId) {
    List<Balance> changed = new ArrayList<>();
    int ended =
        work.run(
            tenantId,
            (transaction, book, now) -> {
              changed.clear();
              Opened opened = QuotaWork.open(transaction, book, Opening.ofOverdue(now, AT_ONCE));
              List<BalanceChange> freed = new ArrayList<>();
              List<Reservation> expired = new ArrayList<>();
              for (Reservation reservation : opened.reservations()) {
                freed.addAll(reservation.freed());
                expired.add(reservation.expired(now));
              }
              if (!expired.isEmpty()) {
                changed.addAll(
                    transaction.write(new Writes(freed, List.of(), expired, Map.of()), book, now));
              }
              return expired.size();
            });
    if (!changed.isEmpty()) {
      copy.write(tenantId, changed);
    }
    return ended;
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
