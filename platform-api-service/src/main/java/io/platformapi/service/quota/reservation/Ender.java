package io.platformapi.service.quota.reservation;

import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.problem.ConflictException;
import io.platformapi.service.problem.ResourceNotFoundException;
import io.platformapi.service.problem.ValidationException;
import io.platformapi.service.quota.balance.BalanceCopy;
import io.platformapi.service.quota.balance.Cause;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceChange;
import io.platformapi.service.quota.engine.CallNames;
import io.platformapi.service.quota.engine.QuotaAmounts;
import io.platformapi.service.quota.engine.QuotaBook;
import io.platformapi.service.usage.LedgerCall;
import io.platformapi.service.usage.SettlementKey;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Settles and releases a group of one tenant's reservations in one transaction, in the order in
 * which the requests came.
 *
 * <p>Who settles late is heard all the same: what was used is never hidden.
 */
public final class Ender {
  private final QuotaWork work;
  private final BalanceCopy copy;
  private final Supplier<UUID> batches;

  /**
   * @param batches makes ids of the ledger's batches
   */
  public Ender(QuotaWork work, BalanceCopy copy, Supplier<UUID> batches) {
    this.work = work;
    this.copy = copy;
    this.batches = batches;
  }

  /**
   * What becomes of each request, in their order.
   *
   * @throws io.platformapi.service.persistence.DatabaseUnavailableException when the database is
   *     away; any of them may have ended nevertheless
   */
  public List<Outcome> end(String tenantId, List<EndRequest> requests) {
    Outcome[] outcomes = new Outcome[requests.size()];
    for (List<Integer> group : Distinct.groups(requests, request -> Optional.of(request.id()))) {
      List<Balance> changed =
          work.run(
              tenantId,
              (transaction, book, now) ->
                  new Attempt(transaction, book, now).run(requests, group, outcomes));
      if (!changed.isEmpty()) {
        copy.tell(tenantId, changed);
      }
    }
    return List.of(outcomes);
  }

  /** One transaction. */
  private final class Attempt {
    private final QuotaTransaction transaction;
    private final QuotaBook book;
    private final Instant now;
    private final List<BalanceChange> changes = new ArrayList<>();
    private final List<Reservation> ended = new ArrayList<>();
    private final List<LedgerCall> settled = new ArrayList<>();
    private final List<SettlementKey> givenBack = new ArrayList<>();
    private final Map<IdempotentRequest, Response> answers = new HashMap<>();

    Attempt(QuotaTransaction transaction, QuotaBook book, Instant now) {
      this.transaction = transaction;
      this.book = book;
      this.now = now;
    }

    List<Balance> run(List<EndRequest> requests, List<Integer> group, Outcome[] outcomes) {
      List<EndRequest> all = group.stream().map(requests::get).toList();
      Opened opened =
          QuotaWork.open(
              transaction,
              book,
              Opening.ofReservations(
                  now,
                  all.stream().flatMap(request -> request.key().stream()).distinct().toList(),
                  all.stream().map(EndRequest::id).toList()));
      Map<UUID, Reservation> found =
          opened.reservations().stream()
              .collect(Collectors.toMap(Reservation::id, Function.identity()));
      for (int i : group) {
        EndRequest request = requests.get(i);
        outcomes[i] =
            Known.of(request.key(), opened.claims())
                .orElseGet(() -> end(request, found.get(request.id())));
      }
      return ended.isEmpty() && answers.isEmpty() ? List.of() : write();
    }

    private Outcome end(EndRequest request, Reservation reservation) {
      if (reservation == null) {
        return new Outcome.Failed(new ResourceNotFoundException("reservation"));
      }
      Outcome outcome =
          request.settles() ? settle(reservation, request) : release(reservation, request);
      if (outcome instanceof Outcome.Ended done) {
        request
            .key()
            .ifPresent(key -> answers.put(key, request.answer().apply(done.reservation())));
      }
      return outcome;
    }

    private Outcome settle(Reservation reservation, EndRequest request) {
      QuotaAmounts actual = request.actual();
      if (!actual.none() && actual.levelsOnly() != reservation.ofLevels()) {
        return new Outcome.Failed(
            new ValidationException(
                "actual", "must be of what was reserved: of a call, or of storage and seats"));
      }
      return switch (reservation.state()) {
        case SETTLED -> new Outcome.Ended(reservation);
        case RELEASED -> refused(reservation);
        case OPEN, EXPIRED ->
            settled(reservation, reservation.settled(actual, request.actor(), now));
      };
    }

    private Outcome settled(Reservation before, Reservation after) {
      if (after.settledBy() == SettledBy.CALLER && !after.actual().none()) {
        LedgerCall call = after.call();
        settled.add(call);
        use(call, QuotaAmounts.of(call));
      }
      return ended(before, after);
    }

    private Outcome release(Reservation reservation, EndRequest request) {
      if (reservation.state() == ReservationState.SETTLED && reservation.ofLevels()) {
        givenBack.add(reservation.settlement());
        return ended(reservation, reservation.released(request.actor(), now));
      }
      return switch (reservation.state()) {
        case RELEASED -> new Outcome.Ended(reservation);
        case OPEN -> ended(reservation, reservation.released(request.actor(), now));
        case SETTLED, EXPIRED -> refused(reservation);
      };
    }

    private Outcome ended(Reservation before, Reservation after) {
      if (before.open()) {
        changes.addAll(before.freed());
      }
      ended.add(after);
      return new Outcome.Ended(after);
    }

    private Outcome refused(Reservation reservation) {
      return new Outcome.Failed(
          new ConflictException("the reservation is " + reservation.state().wire()));
    }

    private void use(LedgerCall call, QuotaAmounts amounts) {
      changes.addAll(
          book.changes(CallNames.of(call.call()), amounts, call.call().startedAt(), now));
    }

    /** The balances last: reservations wait for their rows. */
    private List<Balance> write() {
      UUID batch = batches.get();
      List<LedgerCall> takenBack =
          givenBack.isEmpty() ? List.of() : transaction.takeBack(batch, givenBack);
      takenBack.forEach(call -> use(call, QuotaAmounts.of(call).negated()));
      return transaction.write(
          new Writes(
              new Posting(batch, settled, takenBack),
              Cause.ofLedger(batch),
              changes,
              List.of(),
              List.of(),
              ended,
              answers),
          book,
          now);
    }
  }
}
