package io.platformapi.service.quota.reservation;

import io.platformapi.service.quota.balance.BalanceCopy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Settles and releases a group of one tenant's reservations in one transaction, in the order in
 * which the requests came.
 *
 * <p>What this node has reserved itself it settles in one step, if nothing has happened to it since
 * and nobody has to be told of anything; only else the reservations are read first.
 *
 * <p>Who settles late is heard all the same: what was used is never hidden.
 */
public final class Ender {
  private final QuotaWork work;
  private final BalanceCopy copy;
  private final Supplier<UUID> batches;
  private final KnownReservations known;
  private final Chances chances;

  /**
   * @param batches makes ids of the ledger's batches
   * @param known what this node has reserved
   * @param chances of settling a whole group in one step
   */
  public Ender(
      QuotaWork work,
      BalanceCopy copy,
      Supplier<UUID> batches,
      KnownReservations known,
      Chances chances) {
    this.work = work;
    this.copy = copy;
    this.batches = batches;
    this.known = known;
    this.chances = chances;
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
      List<EndRequest> all = group.stream().map(requests::get).toList();
      Done done =
          atOnce(tenantId, all)
              .orElseGet(
                  () ->
                      work.run(
                          tenantId,
                          (transaction, book, now) ->
                              new EndAttempt(transaction, book, now, batches, all).oneByOne()));
      for (int i = 0; i < group.size(); i++) {
        outcomes[group.get(i)] = done.outcomes().get(i);
      }
      if (!done.changed().isEmpty()) {
        copy.tell(tenantId, done.changed());
      }
    }
    return List.of(outcomes);
  }

  private Optional<Done> atOnce(String tenantId, List<EndRequest> group) {
    Map<UUID, Reservation> made = made(tenantId, group);
    if (made.size() < group.size() || !chances.worthTrying(tenantId)) {
      return Optional.empty();
    }
    try {
      Optional<Done> done =
          work.run(
              tenantId,
              (transaction, book, now) ->
                  new EndAttempt(transaction, book, now, batches, group).atOnce(made));
      if (done.isPresent()) {
        chances.succeeded(tenantId);
      }
      return done;
    } catch (NotAtOnceException e) {
      chances.failed(tenantId);
      return Optional.empty();
    }
  }

  /** Those of the group that are known and to be settled, with no answer to be kept. */
  private Map<UUID, Reservation> made(String tenantId, List<EndRequest> group) {
    Map<UUID, Reservation> made = new HashMap<>();
    for (EndRequest request : group) {
      known
          .take(tenantId, request.id())
          .filter(one -> request.settles() && request.key().isEmpty())
          .ifPresent(one -> made.put(one.id(), one));
    }
    return made;
  }
}
