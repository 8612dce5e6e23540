package io.platformapi.service.quota.reservation;

import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.problem.ConflictException;
import io.platformapi.service.quota.balance.BalanceCopy;
import io.platformapi.service.quota.balance.Cause;
import io.platformapi.service.quota.balance.MissingBalancesException;
import io.platformapi.service.quota.engine.Alert;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.BalanceSheet;
import io.platformapi.service.quota.engine.Decision;
import io.platformapi.service.quota.engine.Demand;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaBook;
import io.platformapi.service.quota.engine.QuotaState;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Grants a group of one tenant's requests in one transaction, in the order in which they came.
 *
 * <p>Who is refused while others hold over their time is decided again after those have been ended:
 * a hold is gone at its expiry, whether somebody has looked or not.
 */
public final class Granter {
  private final QuotaWork work;
  private final Expiry expiry;
  private final BalanceCopy copy;
  private final Supplier<UUID> ids;

  /**
   * @param ids makes ids of reservations, each later than the one before
   */
  public Granter(QuotaWork work, Expiry expiry, BalanceCopy copy, Supplier<UUID> ids) {
    this.work = work;
    this.expiry = expiry;
    this.copy = copy;
    this.ids = ids;
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
    Set<String> taken = new HashSet<>();
    boolean looked = false;
    while (true) {
      try {
        List<Balance> changed =
            work.run(
                tenantId,
                (transaction, book, now) ->
                    new Attempt(transaction, book, now, requests, group, taken, outcomes, last)
                        .run());
        if (!changed.isEmpty()) {
          copy.tell(tenantId, changed);
        }
        return;
      } catch (RequestIdsTakenException e) {
        // By one that holds over its time, perhaps.
        if (looked || expiry.run(tenantId) == 0) {
          taken.addAll(e.requestIds());
        }
        looked = true;
      }
    }
  }

  /** One transaction. */
  private final class Attempt {
    private final QuotaTransaction transaction;
    private final QuotaBook book;
    private final Instant now;
    private final List<GrantRequest> requests;
    private final List<Integer> group;
    private final Set<String> taken;
    private final Outcome[] outcomes;
    private final boolean last;
    private final List<QuotaState> refused = new ArrayList<>();
    private Cause cause;
    private final List<Reservation> made = new ArrayList<>();
    private final Map<IdempotentRequest, Response> answers = new HashMap<>();
    private Instant earliestExpiry;
    private boolean looked;

    Attempt(
        QuotaTransaction transaction,
        QuotaBook book,
        Instant now,
        List<GrantRequest> requests,
        List<Integer> group,
        Set<String> taken,
        Outcome[] outcomes,
        boolean last) {
      this.transaction = transaction;
      this.book = book;
      this.now = now;
      this.requests = requests;
      this.group = group;
      this.taken = new HashSet<>(taken);
      this.outcomes = outcomes;
      this.last = last;
    }

    List<Balance> run() {
      Map<Integer, List<Demand>> demands = new HashMap<>();
      SortedMap<BalanceKey, Quota> needed = new TreeMap<>();
      List<IdempotentRequest> keys = new ArrayList<>();
      for (int i : group) {
        GrantRequest request = requests.get(i);
        List<Demand> wanted = book.demands(request.subject().names(), request.estimates(), now);
        demands.put(i, wanted);
        wanted.forEach(demand -> demand.addBalances(needed));
        request.key().ifPresent(keys::add);
      }
      Opened opened = QuotaWork.open(transaction, book, Opening.ofBalances(now, keys, needed));
      refuseMissing(needed, opened);
      BalanceSheet sheet = new BalanceSheet(opened.balances().values());
      for (int i : group) {
        GrantRequest request = requests.get(i);
        Optional<Outcome> known = Known.of(request.key(), opened.claims());
        outcomes[i] = known.orElseGet(() -> decide(request, demands.get(i), sheet));
      }
      if (made.isEmpty() && refused.isEmpty()) {
        return List.of();
      }
      return transaction.write(
          new Writes(cause, sheet.changes(), refused, made, List.of(), answers), book, now);
    }

    private void refuseMissing(SortedMap<BalanceKey, Quota> needed, Opened opened) {
      Map<BalanceKey, Quota> missing = new TreeMap<>(needed);
      missing.keySet().removeAll(opened.balances().keySet());
      if (!missing.isEmpty()) {
        throw new MissingBalancesException(missing);
      }
    }

    private Outcome decide(GrantRequest request, List<Demand> demands, BalanceSheet sheet) {
      UUID id = ids.get();
      String requestId = request.requestId() == null ? id.toString() : request.requestId();
      if (!taken.add(requestId)) {
        return new Outcome.Failed(
            new ConflictException("another open reservation has this requestId"));
      }
      Decision decision = sheet.take(demands, now);
      if (!decision.granted()) {
        taken.remove(requestId);
        Instant expiry = earliestExpiry();
        return refused(
            new Outcome.Refused(decision, Retry.at(decision, now, expiry), expiry),
            new Cause(requestId, request.actor()));
      }
      Reservation reservation = reservation(id, requestId, request, demands);
      made.add(reservation);
      if (refused.isEmpty() && made.size() == 1) {
        cause = new Cause(requestId, request.actor());
      }
      Grant grant = new Grant(reservation, decision.states());
      request.key().ifPresent(key -> answers.put(key, request.answer().apply(grant)));
      return new Outcome.Granted(grant);
    }

    /** Asked for once, when one is refused. */
    private Instant earliestExpiry() {
      if (!looked) {
        earliestExpiry = transaction.earliestExpiry();
        looked = true;
      }
      return earliestExpiry;
    }

    /** Notes what others must be told of: the first refusal that is not to be decided again. */
    private Outcome refused(Outcome.Refused outcome, Cause from) {
      if (last || !outcome.overdue(now) || !outcome.onlyHolds()) {
        for (Decision.Refusal refusal : outcome.decision().refusing()) {
          QuotaState state = refusal.state();
          if (!Alert.due(state, true).isEmpty()) {
            cause = refused.isEmpty() ? from : cause;
            refused.add(state);
          }
        }
      }
      return outcome;
    }

    private Reservation reservation(
        UUID id, String requestId, GrantRequest request, List<Demand> demands) {
      return new Reservation(
          id,
          requestId,
          ReservationState.OPEN,
          now,
          request.actor(),
          now.plus(request.timeToLive()),
          null,
          null,
          null,
          false,
          request.subject(),
          request.estimates(),
          null,
          demands.stream()
              .filter(demand -> demand.amount() != 0)
              .map(demand -> new Hold(demand.key(), demand.amount()))
              .toList());
    }
  }
}
