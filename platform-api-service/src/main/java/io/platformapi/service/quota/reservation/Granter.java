package io.platformapi.service.quota.reservation;

import io.platformapi.service.quota.balance.BalanceCopy;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Headroom;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Grants a group of one tenant's requests in one transaction, in the order in which they came.
 *
 * <p>As long as there is room for a whole group it is held in one step; only else its requests are
 * decided one by one.
 *
 * <p>Who is refused while others hold over their time is decided again after those have been ended:
 * a hold is gone at its expiry, whether somebody has looked or not.
 */
public final class Granter {
  private final QuotaWork work;
  private final Expiry expiry;
  private final BalanceCopy copy;
  private final Supplier<UUID> ids;
  private final KnownReservations known;
  private final Chances chances;

  /**
   * @param ids makes ids of reservations, each later than the one before
   * @param known told of what is reserved
   * @param chances of holding a whole group in one step
   */
  public Granter(
      QuotaWork work,
      Expiry expiry,
      BalanceCopy copy,
      Supplier<UUID> ids,
      KnownReservations known,
      Chances chances) {
    this.work = work;
    this.expiry = expiry;
    this.copy = copy;
    this.ids = ids;
    this.known = known;
    this.chances = chances;
  }

  /**
   * What becomes of each request, in their order.
   *
   * @throws io.platformapi.service.persistence.DatabaseUnavailableException when the database is
   *     away; any of them may have been granted nevertheless
   */
  public List<Outcome> grant(String tenantId, List<GrantRequest> requests) {
    Outcome[] outcomes = new Outcome[requests.size()];
    for (List<Integer> group : Distinct.groups(requests, Granter::key)) {
      decide(tenantId, requests, group, outcomes, false);
      List<Integer> again = refusedByOverdue(group, outcomes);
      if (!again.isEmpty()) {
        // Or somebody else is just ending them.
        expiry.run(tenantId);
        decide(tenantId, requests, again, outcomes, true);
      }
    }
    return List.of(outcomes);
  }

  /** Of one key only one request can be new. */
  private static Optional<?> key(GrantRequest request) {
    return request.key().map(key -> List.of(key.scope(), key.key()));
  }

  private List<Integer> refusedByOverdue(List<Integer> group, Outcome[] outcomes) {
    Instant now = work.now();
    return group.stream()
        .filter(
            i ->
                outcomes[i] instanceof Outcome.Refused refused
                    && refused.overdue(now)
                    && refused.onlyHolds())
        .toList();
  }

  private void decide(
      String tenantId,
      List<GrantRequest> requests,
      List<Integer> group,
      Outcome[] outcomes,
      boolean last) {
    Done done = done(tenantId, group.stream().map(requests::get).toList(), last);
    for (int i = 0; i < group.size(); i++) {
      Outcome outcome = done.outcomes().get(i);
      outcomes[group.get(i)] = outcome;
      if (outcome instanceof Outcome.Granted granted) {
        known.add(tenantId, granted.grant().reservation());
      }
    }
    if (!done.changed().isEmpty()) {
      copy.tell(tenantId, done.changed());
    }
  }

  private Done done(String tenantId, List<GrantRequest> group, boolean last) {
    Set<String> taken = new HashSet<>();
    boolean looked = false;
    boolean eager = !last && chances.worthTrying(tenantId);
    while (true) {
      try {
        Done done = attempt(tenantId, group, eager, taken, last);
        if (eager) {
          chances.succeeded(tenantId);
        }
        return done;
      } catch (NotAtOnceException e) {
        chances.failed(tenantId);
        eager = false;
      } catch (RequestIdsTakenException e) {
        // By one that holds over its time, perhaps.
        if (looked || expiry.run(tenantId) == 0) {
          taken.addAll(e.requestIds());
        }
        looked = true;
        eager = false;
      }
    }
  }

  private Done attempt(
      String tenantId, List<GrantRequest> group, boolean eager, Set<String> taken, boolean last) {
    return work.run(
        tenantId,
        (transaction, book, now) -> {
          GrantAttempt attempt = new GrantAttempt(transaction, book, now, ids, group);
          return (eager ? attempt.headroom() : Optional.<SortedMap<BalanceKey, Headroom>>empty())
              .map(attempt::atOnce)
              .orElseGet(() -> attempt.oneByOne(taken, last));
        });
  }
}
