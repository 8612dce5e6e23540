package io.platformapi.service.quota.reservation;

import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.problem.ConflictException;
import io.platformapi.service.quota.balance.Cause;
import io.platformapi.service.quota.balance.MissingBalancesException;
import io.platformapi.service.quota.engine.Alert;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.BalanceSheet;
import io.platformapi.service.quota.engine.Decision;
import io.platformapi.service.quota.engine.Demand;
import io.platformapi.service.quota.engine.Headroom;
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

/** One transaction that grants a group of requests, in their order. */
final class GrantAttempt {
  private final QuotaTransaction transaction;
  private final QuotaBook book;
  private final Instant now;
  private final Supplier<UUID> ids;
  private final List<GrantRequest> group;
  private final List<List<Demand>> demands = new ArrayList<>();
  private final List<QuotaState> refused = new ArrayList<>();
  private final List<Reservation> made = new ArrayList<>();
  private final Map<IdempotentRequest, Response> answers = new HashMap<>();
  private Cause cause;
  private Instant earliestExpiry;
  private boolean looked;

  /**
   * @param group of whom no two have the same Idempotency-Key
   */
  GrantAttempt(
      QuotaTransaction transaction,
      QuotaBook book,
      Instant now,
      Supplier<UUID> ids,
      List<GrantRequest> group) {
    this.transaction = transaction;
    this.book = book;
    this.now = now;
    this.ids = ids;
    this.group = group;
    for (GrantRequest request : group) {
      demands.add(book.demands(request.subject().names(), request.estimates(), now));
    }
  }

  /**
   * What the group needs of each balance, when it may be held at once: nobody's answer must be
   * kept, and no two of it are in each other's way.
   */
  Optional<SortedMap<BalanceKey, Headroom>> headroom() {
    Set<String> requestIds = new HashSet<>();
    for (GrantRequest request : group) {
      if (request.key().isPresent()
          || request.requestId() != null && !requestIds.add(request.requestId())) {
        return Optional.empty();
      }
    }
    return Headroom.of(demands);
  }

  /**
   * Grants all that they want, in one step.
   *
   * @throws NotAtOnceException when they have to be decided one by one
   */
  Done atOnce(SortedMap<BalanceKey, Headroom> headroom) {
    for (int i = 0; i < group.size(); i++) {
      made.add(reservation(ids.get(), group.get(i), demands.get(i)));
    }
    Held held = transaction.hold(new Holding(book, now, headroom, made));
    BalanceSheet sheet = new BalanceSheet(held.before().values());
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < group.size(); i++) {
      Decision decision = sheet.take(demands.get(i), now);
      if (!decision.granted()) {
        throw new IllegalStateException("held what is not granted: " + made.get(i).id());
      }
      outcomes.add(new Outcome.Granted(new Grant(made.get(i), decision.states())));
    }
    return new Done(outcomes, held.changed());
  }

  /**
   * Decides them one by one, and holds what is granted.
   *
   * @param taken request ids that others have
   * @param last whether a refusal is to stand, also one that is due to holds over their time
   * @throws RequestIdsTakenException when others have request ids of those that are granted
   */
  Done oneByOne(Set<String> taken, boolean last) {
    SortedMap<BalanceKey, Quota> needed = new TreeMap<>();
    demands.forEach(wanted -> wanted.forEach(demand -> demand.addBalances(needed)));
    List<IdempotentRequest> keys =
        group.stream().flatMap(request -> request.key().stream()).toList();
    Opened opened = QuotaWork.open(transaction, book, Opening.ofBalances(now, keys, needed));
    refuseMissing(needed, opened);
    BalanceSheet sheet = new BalanceSheet(opened.balances().values());
    Set<String> takenNow = new HashSet<>(taken);
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < group.size(); i++) {
      GrantRequest request = group.get(i);
      Optional<Outcome> known = Known.of(request.key(), opened.claims());
      outcomes.add(
          known.isPresent() ? known.get() : decide(request, demands.get(i), sheet, takenNow, last));
    }
    if (made.isEmpty() && refused.isEmpty()) {
      return new Done(outcomes, List.of());
    }
    Writes writes = new Writes(cause, sheet.changes(), refused, made, List.of(), answers);
    return new Done(outcomes, transaction.write(writes, book, now));
  }

  private static void refuseMissing(SortedMap<BalanceKey, Quota> needed, Opened opened) {
    Map<BalanceKey, Quota> missing = new TreeMap<>(needed);
    missing.keySet().removeAll(opened.balances().keySet());
    if (!missing.isEmpty()) {
      throw new MissingBalancesException(missing);
    }
  }

  private Outcome decide(
      GrantRequest request,
      List<Demand> wanted,
      BalanceSheet sheet,
      Set<String> taken,
      boolean last) {
    Reservation reservation = reservation(ids.get(), request, wanted);
    String requestId = reservation.requestId();
    if (!taken.add(requestId)) {
      return new Outcome.Failed(
          new ConflictException("another open reservation has this requestId"));
    }
    Decision decision = sheet.take(wanted, now);
    if (!decision.granted()) {
      taken.remove(requestId);
      Instant expiry = earliestExpiry();
      return refused(
          new Outcome.Refused(decision, Retry.at(decision, now, expiry), expiry),
          new Cause(requestId, request.actor()),
          last);
    }
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
  private Outcome refused(Outcome.Refused outcome, Cause from, boolean last) {
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

  private Reservation reservation(UUID id, GrantRequest request, List<Demand> wanted) {
    return new Reservation(
        id,
        request.requestId() == null ? id.toString() : request.requestId(),
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
        wanted.stream()
            .filter(demand -> demand.amount() != 0)
            .map(demand -> new Hold(demand.key(), demand.amount()))
            .toList());
  }
}
