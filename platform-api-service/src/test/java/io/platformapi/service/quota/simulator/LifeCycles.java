package io.platformapi.service.quota.simulator;

import static io.platformapi.service.quota.simulator.Violation.unless;

import io.platformapi.routes.message.CallStatus;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.quota.engine.QuotaAmounts;
import io.platformapi.service.quota.reservation.EndRequest;
import io.platformapi.service.quota.reservation.Reservation;
import io.platformapi.service.quota.reservation.ReservationState;
import io.platformapi.service.quota.reservation.SettledBy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Where reservations go from one commit to the next, and what is in the book of each. */
final class LifeCycles {
  private final World world;
  private final SimulatedDatabase database;
  private final Map<UUID, Reservation> before = new HashMap<>();
  private final Map<UUID, List<Reservation>> all = new HashMap<>();
  private final Map<String, List<UUID>> byRequestId = new HashMap<>();

  /** Reservations of whose calls the gateway has told after they were made. */
  private final Set<UUID> told = new HashSet<>();

  LifeCycles(World world) {
    this.world = world;
    this.database = world.database;
  }

  void committed(SimulatedTransaction transaction) {
    for (Reservation after : transaction.reservations.changed.values()) {
      Reservation present = before.put(after.id(), after);
      all.computeIfAbsent(after.id(), id -> new ArrayList<>()).add(after);
      if (present == null) {
        begun(transaction, after);
      } else {
        went(transaction, present, after);
      }
    }
    transaction.usage.values().stream()
        .filter(posted -> !posted.settlement())
        .forEach(posted -> tells(posted.call().call()));
    if (!transaction.usage.isEmpty() || !transaction.reservations.changed.isEmpty()) {
      database.reservations.values().forEach(this::countedOnce);
    }
  }

  boolean made(UUID id) {
    return before.containsKey(id);
  }

  boolean was(Reservation reservation) {
    return all.getOrDefault(reservation.id(), List.of()).contains(reservation);
  }

  private void begun(SimulatedTransaction transaction, Reservation made) {
    unless(
        made.open() && transaction.reservations.made.contains(made),
        Invariant.LIFE_CYCLE,
        "not made:",
        made);
    unless(
        transaction.task.grants.stream()
            .anyMatch(
                request ->
                    request.subject().equals(made.subject())
                        && request.estimates().equals(made.estimates())
                        && made.createdAt().plus(request.timeToLive()).equals(made.expiresAt())
                        && (request.requestId() == null
                            || request.requestId().equals(made.requestId()))),
        Invariant.ALL_OR_NONE,
        "nobody asked for",
        made);
    unless(
        database.reservations.values().stream()
                .filter(one -> one.open() && one.requestId().equals(made.requestId()))
                .count()
            == 1,
        Invariant.LIFE_CYCLE,
        "open twice:",
        made.requestId());
    byRequestId.computeIfAbsent(made.requestId(), id -> new ArrayList<>()).add(made.id());
  }

  private void went(SimulatedTransaction transaction, Reservation from, Reservation to) {
    Task task = transaction.task;
    boolean legal =
        switch (to.state()) {
          case OPEN -> from.open();
          case RELEASED ->
              from.open() || from.state() == ReservationState.SETTLED && from.ofLevels();
          case EXPIRED ->
              from.open() && !to.endedAt().isBefore(to.expiresAt())
                  || from.state() == ReservationState.EXPIRED;
          case SETTLED ->
              from.open()
                  || from.state() == ReservationState.EXPIRED
                  || from.settledBy() == SettledBy.CALLER && to.settledBy() == SettledBy.EVENT;
        };
    unless(legal, Invariant.LIFE_CYCLE, from, "became", to);
    unless(
        from.holds().equals(to.holds()) && from.expiresAt().equals(to.expiresAt()),
        Invariant.LIFE_CYCLE,
        from,
        "became",
        to);
    if (from.open()
        && !to.open()
        && task.ends.isEmpty()
        && to.state() != ReservationState.EXPIRED) {
      unless(over(transaction, from), Invariant.LIFE_CYCLE, "no call has ended", from);
    }
    if (to.state() == ReservationState.SETTLED && !task.ends.isEmpty()) {
      unless(
          task.ends.stream().anyMatch(end -> settles(end, to)),
          Invariant.NOTHING_HIDDEN,
          "nobody settled so:",
          to);
    }
  }

  /** An attempt that failed is not the end of a call. */
  private static boolean over(SimulatedTransaction transaction, Reservation one) {
    return transaction.usage.values().stream()
        .anyMatch(
            event ->
                !event.settlement()
                    && event.call().call().callId().equals(one.requestId())
                    && event.call().call().status() == CallStatus.SUCCESS);
  }

  private static boolean settles(EndRequest end, Reservation to) {
    return end.id().equals(to.id()) && to.actual().equals(end.actual());
  }

  private void tells(UsageRecord call) {
    List<UUID> ids = byRequestId.getOrDefault(call.callId(), List.of());
    boolean telling =
        call.status() == CallStatus.SUCCESS
            || call.inputTokens() + call.outputTokens() + call.costNanos() > 0;
    if (ids.size() == 1 && telling && !before.get(ids.get(0)).ofLevels()) {
      told.add(ids.get(0));
      Reservation one = before.get(ids.get(0));
      unless(
          !one.open() || call.status() == CallStatus.FAILURE,
          Invariant.LIFE_CYCLE,
          "the call is over, and holds:",
          one);
    }
  }

  private void countedOnce(Reservation one) {
    Posted settlement = database.usage.get(one.id());
    boolean posted = settlement != null && !settlement.reversed();
    boolean byCaller =
        one.state() == ReservationState.SETTLED && one.settledBy() == SettledBy.CALLER;
    unless(
        !(posted && told.contains(one.id())), Invariant.COUNTED_ONCE, "settlement and event:", one);
    unless(!posted || byCaller, Invariant.COUNTED_ONCE, "posted beside its end:", one);
    if (byCaller && !one.actual().none()) {
      unless(
          posted
              && QuotaAmounts.of(settlement.call()).equals(one.actual())
              && settlement.call().call().startedAt().equals(one.createdAt()),
          Invariant.NOTHING_HIDDEN,
          one,
          "is not in the book");
    }
    if (one.state() == ReservationState.SETTLED && one.settledBy() == SettledBy.EVENT) {
      unless(
          database.usage.values().stream()
              .anyMatch(
                  event ->
                      !event.settlement() && event.call().call().callId().equals(one.requestId())),
          Invariant.NOTHING_HIDDEN,
          "no event has settled",
          one);
    }
  }

  /** Nothing holds over its time for long. */
  void noneOverdue() {
    database.reservations.values().stream()
        .filter(one -> one.overdue(world.now().minus(World.MOST_SKEW)))
        .findFirst()
        .ifPresent(one -> unless(false, Invariant.EXPIRY, "still holds:", one));
  }
}
