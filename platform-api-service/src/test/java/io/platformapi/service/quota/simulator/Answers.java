package io.platformapi.service.quota.simulator;

import static io.platformapi.service.quota.simulator.Violation.unless;

import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.problem.ConflictException;
import io.platformapi.service.problem.IdempotencyKeyReusedException;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.QuotaState;
import io.platformapi.service.quota.reservation.Checked;
import io.platformapi.service.quota.reservation.EndRequest;
import io.platformapi.service.quota.reservation.GrantRequest;
import io.platformapi.service.quota.reservation.Outcome;
import io.platformapi.service.quota.reservation.Reservation;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks at what callers are answered. */
final class Answers {
  private final World world;

  Answers(World world) {
    this.world = world;
  }

  /** What keys had been answered before a request came. */
  record Known(Map<String, Answer> answers) {}

  Known known(List<Optional<IdempotentRequest>> keys) {
    Map<String, Answer> answers = new HashMap<>();
    for (Optional<IdempotentRequest> key : keys) {
      key.map(one -> world.oracle.answer(one.key()))
          .ifPresent(answer -> answers.put(answer.request().key(), answer));
    }
    return new Known(answers);
  }

  boolean wasAnswered(IdempotentRequest key) {
    return world.oracle.answer(key.key()) != null;
  }

  void granted(List<GrantRequest> requests, Known known, List<Outcome> outcomes) {
    world.current().call("is answered", () -> outcomes);
    for (int i = 0; i < requests.size(); i++) {
      GrantRequest request = requests.get(i);
      Outcome outcome = outcomes.get(i);
      repeated(request.key(), known, outcome);
      if (outcome instanceof Outcome.Granted granted) {
        Reservation made = granted.grant().reservation();
        unless(
            request.subject().equals(made.subject())
                && request.estimates().equals(made.estimates())
                && world.oracle.made(made.id()),
            Invariant.ALL_OR_NONE,
            "granted, and not held:",
            made);
        request.key().ifPresent(key -> kept(key, request.answer().apply(granted.grant())));
        Map<Object, QuotaState> states = new HashMap<>();
        granted.grant().states().forEach(state -> states.put(state.balance().key(), state));
        unless(
            made.holds().stream().allMatch(hold -> states.containsKey(hold.key())),
            Invariant.ALL_OR_NONE,
            "holds what it was not told of:",
            made);
      }
      if (requests.size() == 1 && !world.current().disturbed) {
        refusedRightly(request, outcome);
        if (outcome instanceof Outcome.Granted granted) {
          granted.grant().states().forEach(this::toldOfGrants);
        }
      }
    }
  }

  /** Nobody else was at work. */
  private void refusedRightly(GrantRequest request, Outcome outcome) {
    Instant now = world.current().node.now();
    if (outcome instanceof Outcome.Refused) {
      unless(
          !world.oracle.wouldFit(request.subject(), request.estimates(), now),
          Invariant.NO_FALSE_REFUSAL,
          request,
          outcome);
    }
    if (outcome instanceof Outcome.Failed failed && failed.failure() instanceof ConflictException) {
      unless(
          world.database.reservations.values().stream()
              .anyMatch(
                  one ->
                      one.open()
                          && !one.overdue(now)
                          && one.requestId().equals(request.requestId())),
          Invariant.EXPIRY,
          "nobody has its request id:",
          request);
    }
  }

  private void toldOfGrants(QuotaState state) {
    long added = world.oracle.added(state.balance().key(), state.at());
    // What a grant that is over had given may have gone back with the same write: the limit is
    // higher now.
    unless(
        state.granted() == added
            || state.granted() > added && world.oracle.anyOver(state.balance().key(), state.at()),
        Invariant.GRANTS,
        "told of",
        state,
        "and has",
        added);
  }

  private void repeated(Optional<IdempotentRequest> key, Known known, Outcome outcome) {
    if (outcome instanceof Outcome.Replayed replayed) {
      Answer first = world.oracle.answer(key.orElseThrow().key());
      unless(
          first != null
              && first.response().getEntity().equals(replayed.answer().getEntity())
              && first.request().equals(key.get()),
          Invariant.IDEMPOTENCY,
          "answered otherwise:",
          replayed.answer().getEntity());
    }
    Answer before = key.map(one -> known.answers.get(one.key())).orElse(null);
    if (before != null) {
      boolean same = before.request().equals(key.get());
      unless(
          same
              ? outcome instanceof Outcome.Replayed
              : outcome instanceof Outcome.Failed failed
                  && failed.failure() instanceof IdempotencyKeyReusedException,
          Invariant.IDEMPOTENCY,
          "not answered as before:",
          key.get().key(),
          outcome);
    }
  }

  /** What is answered first is kept for later. */
  private void kept(IdempotentRequest key, Response answer) {
    Answer first = world.oracle.answer(key.key());
    unless(
        first != null && first.response().getEntity().equals(answer.getEntity()),
        Invariant.IDEMPOTENCY,
        "not kept:",
        key.key(),
        answer.getEntity());
  }

  void ended(List<EndRequest> requests, Known known, List<Outcome> outcomes) {
    world.current().call("is answered", () -> outcomes);
    for (int i = 0; i < requests.size(); i++) {
      EndRequest request = requests.get(i);
      Outcome outcome = outcomes.get(i);
      repeated(request.key(), known, outcome);
      if (outcome instanceof Outcome.Ended ended) {
        unless(
            ended.reservation().id().equals(request.id()) && !ended.reservation().open(),
            Invariant.LIFE_CYCLE,
            "did not end:",
            ended.reservation());
        request.key().ifPresent(key -> kept(key, request.answer().apply(ended.reservation())));
        unless(
            world.oracle.was(ended.reservation()),
            Invariant.LIFE_CYCLE,
            "was never so:",
            ended.reservation());
      }
    }
  }

  /**
   * However long a check takes itself, it has read what was there after it began. Somebody who
   * stands still with the sum of a rolling window makes it live longer, and nothing else.
   */
  private Instant earliest(Rule rule) {
    Instant earliest = world.current().begun.minus(SimulatedCopy.LIFE);
    return rule.rolling() ? earliest.minus(world.longestHoldUp()) : earliest;
  }

  void checked(List<Checked> questions, List<Outcome> outcomes) {
    world.current().call("is answered", () -> outcomes);
    for (int i = 0; i < questions.size(); i++) {
      Outcome outcome = outcomes.get(i);
      List<QuotaState> states =
          outcome instanceof Outcome.Allowed allowed
              ? allowed.states()
              : ((Outcome.Refused) outcome).decision().states();
      for (QuotaState state : states) {
        Balance balance = state.balance();
        Rule rule = world.database.rule(balance.key().quotaId());
        if (rule == null) {
          // How soon a node hears that there is no such quota any more is not the copy's concern.
          continue;
        }
        Instant earliest = earliest(rule);
        Instant until = world.history.until(balance);
        if (until == null) {
          unless(
              balance.version() == 0
                  && balance.used() == 0
                  && balance.held() == 0
                  && !world.history.thereSince(balance.key(), earliest),
              Invariant.COPY_IS_EARLIER_TRUTH,
              "never committed:",
              balance);
        } else {
          unless(!until.isBefore(earliest), Invariant.CHECK_STALENESS, balance, "until", until);
        }
      }
      boolean byHolds =
          outcome instanceof Outcome.Refused refused
              && refused.decision().refusing().stream().allMatch(one -> one.onlyHolds());
      if (byHolds && !world.current().disturbed) {
        unless(
            !world.oracle.wouldFit(
                questions.get(i).subject(),
                questions.get(i).estimates(),
                world.current().node.now()),
            Invariant.NO_FALSE_REFUSAL,
            questions.get(i),
            outcome);
      }
    }
  }
}
