package io.platformapi.service.quota.simulator;

import io.platformapi.service.quota.reservation.RequestIdsTakenException;
import io.platformapi.service.quota.reservation.Reservation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/** The reservations that a transaction locks, reads and changes. */
final class ReservationRows {
  private final SimulatedDatabase database;
  private final SimulatedTransaction transaction;

  /** As they will be when it is committed. */
  final Map<UUID, Reservation> changed = new LinkedHashMap<>();

  final List<Reservation> made = new ArrayList<>();

  ReservationRows(SimulatedDatabase database, SimulatedTransaction transaction) {
    this.database = database;
    this.transaction = transaction;
  }

  Reservation get(UUID id) {
    Reservation own = changed.get(id);
    return own == null ? database.reservations.get(id) : own;
  }

  Instant next() {
    return database.reservations.values().stream()
        .filter(Reservation::open)
        .map(Reservation::expiresAt)
        .min(Comparator.naturalOrder())
        .orElse(null);
  }

  /** In the order of their ids. */
  List<Reservation> lock(Predicate<Reservation> wanted) {
    List<UUID> ids =
        transaction.statement(
            "locks reservations",
            () ->
                database.reservations.values().stream()
                    .filter(wanted)
                    .map(Reservation::id)
                    .sorted()
                    .toList());
    ids.forEach(transaction::lock);
    return transaction.task.call(
        () ->
            ids.stream()
                .map(database.reservations::get)
                .filter(one -> one != null && wanted.test(one))
                .toList());
  }

  List<Reservation> lockOverdue(Instant now, int most) {
    List<Reservation> overdue =
        database.reservations.values().stream()
            .filter(one -> one.overdue(now) && !database.lockedByOther(transaction, one.id()))
            .sorted(Comparator.comparing(Reservation::expiresAt))
            .limit(most)
            .toList();
    overdue.forEach(
        one -> {
          database.lock(transaction, one.id());
          transaction.locked().add(one.id());
        });
    return overdue;
  }

  void insert(List<Reservation> reserved) {
    Set<String> taken = new HashSet<>();
    List<Reservation> inOrder =
        reserved.stream().sorted(Comparator.comparing(Reservation::requestId)).toList();
    for (Reservation one : inOrder) {
      boolean inserted = transaction.task.call("inserts a reservation", () -> insert(one));
      if (!inserted) {
        taken.add(one.requestId());
      }
    }
    if (!taken.isEmpty()) {
      throw new RequestIdsTakenException(taken);
    }
    transaction.task.call(() -> made.addAll(reserved));
  }

  private boolean insert(Reservation one) {
    for (SimulatedTransaction other : database.active) {
      if (other != transaction && other.reservations.changesRequestId(one.requestId())) {
        database.await(transaction, other);
      }
    }
    boolean taken =
        database.reservations.values().stream()
                .anyMatch(
                    there ->
                        there.open()
                            && there.requestId().equals(one.requestId())
                            && get(there.id()).open())
            || changed.values().stream()
                .anyMatch(own -> own.open() && own.requestId().equals(one.requestId()));
    if (!taken) {
      changed.put(one.id(), one);
    }
    return !taken;
  }

  /** Whether the index of open reservations has an entry of it that may come or go. */
  boolean changesRequestId(String requestId) {
    return changed.values().stream().anyMatch(one -> one.requestId().equals(requestId));
  }
}
