package io.platformapi.service.quota.simulator;

import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.quota.balance.BalanceCopy;
import io.platformapi.service.quota.balance.Cause;
import io.platformapi.service.quota.balance.MissingBalancesException;
import io.platformapi.service.quota.balance.StaleQuotasException;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.QuotaBook;
import io.platformapi.service.quota.reservation.ContendedException;
import io.platformapi.service.quota.reservation.EventMatch;
import io.platformapi.service.quota.reservation.QuotaFollower;
import io.platformapi.service.quota.reservation.QuotaWork;
import io.platformapi.service.quota.reservation.Reservation;
import io.platformapi.service.quota.reservation.ReservationState;
import io.platformapi.service.quota.reservation.SettledBy;
import io.platformapi.service.quota.reservation.Writes;
import io.platformapi.service.usage.LedgerCall;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Posts what the gateway tells of, in the order of the ledger's writer: events, reservations, the
 * ledger, balances. What the events do to reservations and balances is the real code.
 */
final class Ingest {
  private static final int ATTEMPTS = 20;
  private static final Comparator<UsageRecord> ORDER =
      Comparator.comparing(UsageRecord::startedAt).thenComparing(UsageRecord::eventId);

  private final Node node;
  private final QuotaWork work;
  private final BalanceCopy copy;

  Ingest(Node node, QuotaWork work, BalanceCopy copy) {
    this.node = node;
    this.work = work;
    this.copy = copy;
  }

  void store(List<UsageRecord> calls) {
    for (int i = 0; i < ATTEMPTS; i++) {
      QuotaBook book = node.get(SimulatedDatabase.TENANT);
      Instant now = node.instant();
      try {
        List<Balance> changed =
            node.inTransaction(transaction -> post(transaction, calls, book, now));
        if (!changed.isEmpty()) {
          copy.tell(SimulatedDatabase.TENANT, changed);
        }
        return;
      } catch (StaleQuotasException e) {
        node.ofVersion(SimulatedDatabase.TENANT, e.version());
      } catch (MissingBalancesException e) {
        work.make(SimulatedDatabase.TENANT, book, e.missing());
      } catch (ContendedException e) {
        continue;
      }
    }
    throw new Violation(Invariant.PROGRESS, "events cannot be posted");
  }

  private static List<Balance> post(
      SimulatedTransaction transaction, List<UsageRecord> calls, QuotaBook book, Instant now) {
    long version = transaction.share();
    Map<UUID, UsageRecord> distinct = new HashMap<>();
    calls.forEach(call -> distinct.putIfAbsent(call.eventId(), call));
    List<UsageRecord> fresh = new ArrayList<>();
    for (UsageRecord call : distinct.values().stream().sorted(ORDER).toList()) {
      if (transaction.insertEvent(LedgerCall.of(call))) {
        fresh.add(call);
      }
    }
    if (fresh.isEmpty()) {
      return List.of();
    }
    QuotaWork.check(book, version);
    Set<String> ids = calls.stream().map(UsageRecord::callId).collect(Collectors.toSet());
    List<Reservation> found =
        transaction.reservations.lock(one -> ids.contains(one.requestId()) && waits(one));
    EventMatch match = EventMatch.of(found, fresh, now);
    List<LedgerCall> takenBack =
        match.replaced().isEmpty()
            ? List.of()
            : transaction.takeBack(fresh.get(0).eventId(), match.replaced());
    transaction.postEvents(fresh.stream().map(LedgerCall::of).toList(), takenBack);
    return transaction.write(
        new Writes(
            Cause.ofLedger(fresh.get(0).eventId()),
            QuotaFollower.changes(book, match, fresh, takenBack, now),
            List.of(),
            List.of(),
            match.changed(),
            Map.of()),
        book,
        now);
  }

  /** The condition of the query. */
  private static boolean waits(Reservation one) {
    return one.state() == ReservationState.OPEN
        || one.state() == ReservationState.SETTLED && one.settledBy() == SettledBy.CALLER
        || one.state() == ReservationState.EXPIRED && !one.told();
  }
}
