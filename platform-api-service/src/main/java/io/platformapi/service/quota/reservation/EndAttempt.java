package io.platformapi.service.quota.reservation;

import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.problem.ConflictException;
import io.platformapi.service.problem.ResourceNotFoundException;
import io.platformapi.service.problem.ValidationException;
import io.platformapi.service.quota.balance.Cause;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceChange;
import io.platformapi.service.quota.engine.CallNames;
import io.platformapi.service.quota.engine.Headroom;
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

/** One transaction that settles and releases a group of reservations, each one once. */
final class EndAttempt {
  private final QuotaTransaction transaction;
  private final QuotaBook book;
  private final Instant now;
  private final Supplier<UUID> batches;
  private final List<EndRequest> group;
  private final List<BalanceChange> changes = new ArrayList<>();
  private final List<Reservation> ended = new ArrayList<>();
  private final List<LedgerCall> settled = new ArrayList<>();
  private final List<SettlementKey> givenBack = new ArrayList<>();
  private final Map<IdempotentRequest, Response> answers = new HashMap<>();

  EndAttempt(
      QuotaTransaction transaction,
      QuotaBook book,
      Instant now,
      Supplier<UUID> batches,
      List<EndRequest> group) {
    this.transaction = transaction;
    this.book = book;
    this.now = now;
    this.batches = batches;
    this.group = group;
  }

  /**
   * Settles all, in one step.
   *
   * @param known the reservations as they were made
   * @return empty, and nothing is done, when the database has to be asked before
   * @throws NotAtOnceException when they have to be read first
   */
  Optional<Done> atOnce(Map<UUID, Reservation> known) {
    List<Outcome> outcomes =
        group.stream().map(request -> settle(known.get(request.id()), request)).toList();
    if (!outcomes.stream().allMatch(Outcome.Ended.class::isInstance)) {
      return Optional.empty();
    }
    return Headroom.after(book, changes)
        .map(
            balances ->
                transaction.settle(
                    new Settling(
                        book,
                        now,
                        new Posting(batches.get(), settled, List.of()),
                        changes,
                        balances,
                        ended)))
        .map(changed -> new Done(outcomes, changed));
  }

  /** Reads them, and ends those that can be. */
  Done oneByOne() {
    Opened opened =
        QuotaWork.open(
            transaction,
            book,
            Opening.ofReservations(
                now,
                group.stream().flatMap(request -> request.key().stream()).distinct().toList(),
                group.stream().map(EndRequest::id).toList()));
    Map<UUID, Reservation> found =
        opened.reservations().stream()
            .collect(Collectors.toMap(Reservation::id, Function.identity()));
    List<Outcome> outcomes = new ArrayList<>();
    for (EndRequest request : group) {
      outcomes.add(
          Known.of(request.key(), opened.claims())
              .orElseGet(() -> end(request, found.get(request.id()))));
    }
    return new Done(outcomes, ended.isEmpty() && answers.isEmpty() ? List.of() : write());
  }

  private Outcome end(EndRequest request, Reservation reservation) {
    if (reservation == null) {
      return new Outcome.Failed(new ResourceNotFoundException("reservation"));
    }
    Outcome outcome =
        request.settles() ? settle(reservation, request) : release(reservation, request);
    if (outcome instanceof Outcome.Ended done) {
      request.key().ifPresent(key -> answers.put(key, request.answer().apply(done.reservation())));
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
      case OPEN, EXPIRED -> settled(reservation, reservation.settled(actual, request.actor(), now));
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

  private static Outcome refused(Reservation reservation) {
    return new Outcome.Failed(
        new ConflictException("the reservation is " + reservation.state().wire()));
  }

  private void use(LedgerCall call, QuotaAmounts amounts) {
    changes.addAll(book.changes(CallNames.of(call.call()), amounts, call.call().startedAt(), now));
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
