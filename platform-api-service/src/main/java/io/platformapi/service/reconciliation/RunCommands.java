package io.platformapi.service.reconciliation;

import io.platformapi.service.auth.Caller;
import io.platformapi.service.http.ErrorCode;
import io.platformapi.service.http.Idempotency;
import io.platformapi.service.http.IdempotencyClaim;
import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.problem.ConflictException;
import io.platformapi.service.problem.ResourceNotFoundException;
import io.platformapi.service.problem.ValidationException;
import io.platformapi.service.reconciliation.Decisions.Decided;
import io.platformapi.service.usage.LedgerTenants;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

/** Does what callers ask of the reconciliation, once for each Idempotency-Key. */
final class RunCommands {
  private static final int MAX_DECISIONS = 100;

  private final ReconciliationService reconciliations;
  private final RunReader reader;
  private final InTenant inTenant;
  private final Idempotency idempotency;
  private final LedgerTenants tenants;
  private final RunObserver observer;
  private final Clock clock;

  RunCommands(
      ReconciliationService reconciliations,
      RunReader reader,
      InTenant inTenant,
      Idempotency idempotency,
      LedgerTenants tenants,
      RunObserver observer,
      Clock clock) {
    this.reconciliations = reconciliations;
    this.reader = reader;
    this.inTenant = inTenant;
    this.idempotency = idempotency;
    this.tenants = tenants;
    this.observer = observer;
    this.clock = clock;
  }

  /** Asks for a run over a window. */
  Response start(
      Caller caller,
      Optional<IdempotentRequest> key,
      NewReconciliation wanted,
      Function<RunDetails, Response> answer) {
    NewReconciliation window = ReconciliationParameters.window(wanted, clock.instant());
    return once(caller.tenant(), key, () -> answer.apply(start(caller, window, RunTrigger.API)));
  }

  /** Asks for another run over the window of one. */
  Response replay(
      Caller caller,
      Optional<IdempotentRequest> key,
      UUID run,
      Function<RunDetails, Response> answer) {
    ReconciliationRun again = reader.find(caller.tenant(), run);
    return once(
        caller.tenant(),
        key,
        () ->
            answer.apply(
                start(caller, new NewReconciliation(again.from(), again.to()), RunTrigger.REPLAY)));
  }

  private RunDetails start(Caller caller, NewReconciliation window, RunTrigger trigger) {
    return RunDetails.of(
        reconciliations.start(
            caller.tenant(),
            new NewRun(window.from(), window.to(), trigger, caller.actor(), caller.requestId())),
        tenants.get(caller.tenant()).currency());
  }

  /**
   * @throws ConflictException when the item does not wait for a decision, or its call has changed
   */
  Response decide(
      Caller caller,
      Optional<IdempotentRequest> key,
      UUID run,
      UUID item,
      Verdict verdict,
      Function<ItemDetails, Response> answer) {
    return told(
        caller.tenant(),
        key,
        resumed -> {
          try {
            return answer.apply(
                ItemDetails.of(
                    decide(caller, run, item, verdict), tenants.get(caller.tenant()).currency()));
          } catch (ConflictException e) {
            ItemDetails present = reader.item(caller.tenant(), run, item);
            boolean done =
                present.status().equals(verdict.result().wire())
                    && caller.actor().equals(present.decidedBy());
            if (resumed && done) {
              return answer.apply(present);
            }
            throw e;
          }
        });
  }

  /** Decides item by item, each in a transaction of its own. */
  Response decideAll(
      Caller caller,
      Optional<IdempotentRequest> key,
      UUID run,
      NewDecisions wanted,
      Function<Decisions, Response> answer) {
    reader.find(caller.tenant(), run);
    Verdict verdict = verdict(wanted);
    Set<String> ids = ids(wanted);
    return told(
        caller.tenant(),
        key,
        resumed ->
            answer.apply(
                new Decisions(ids.stream().map(id -> decided(caller, run, id, verdict)).toList())));
  }

  private Response told(
      String tenantId, Optional<IdempotentRequest> key, Function<Boolean, Response> work) {
    Response response = keyed(tenantId, key, work);
    observer.decided(tenantId);
    return response;
  }

  /**
   * Work of several transactions under one key. What a request that was cut off has decided stays
   * so, and its repetition is told of it.
   *
   * @param work told whether the same request came before and has no answer yet
   */
  private Response keyed(
      String tenantId, Optional<IdempotentRequest> key, Function<Boolean, Response> work) {
    if (key.isEmpty()) {
      return work.apply(false);
    }
    IdempotencyClaim claim = inTenant.transaction(tenantId, () -> idempotency.claim(key.get()));
    if (claim instanceof IdempotencyClaim.Answered answered) {
      return answered.replay();
    }
    Response response = work.apply(claim instanceof IdempotencyClaim.Unanswered);
    inTenant.transaction(
        tenantId,
        () -> {
          idempotency.complete(key.get(), response);
          return null;
        });
    return response;
  }

  private Decided decided(Caller caller, UUID run, String id, Verdict verdict) {
    try {
      UUID item = ReconciliationParameters.id(id, "reconciliation item");
      try {
        return new Decided(id, decide(caller, run, item, verdict).status().wire(), true, null);
      } catch (ConflictException e) {
        String status = reader.item(caller.tenant(), run, item).status();
        boolean so = status.equals(verdict.result().wire());
        return new Decided(id, status, false, so ? null : ErrorCode.CONFLICT.code());
      }
    } catch (ResourceNotFoundException e) {
      return new Decided(id, null, false, ErrorCode.NOT_FOUND.code());
    }
  }

  private ReconciliationItem decide(Caller caller, UUID run, UUID item, Verdict verdict) {
    String tenant = caller.tenant();
    return verdict == Verdict.APPROVE
        ? reconciliations.approve(tenant, run, item, caller.actor(), caller.requestId())
        : reconciliations.reject(tenant, run, item, caller.actor(), caller.requestId());
  }

  private Response once(String tenantId, Optional<IdempotentRequest> key, Supplier<Response> work) {
    return inTenant.transaction(tenantId, () -> idempotency.once(key, work));
  }

  private static Verdict verdict(NewDecisions wanted) {
    return Verdict.NAMES
        .parse(wanted == null ? null : wanted.decision())
        .orElseThrow(
            () -> new ValidationException("decision", "must be one of " + Verdict.NAMES.list()));
  }

  private static Set<String> ids(NewDecisions wanted) {
    List<String> items = wanted.items();
    if (items == null || items.isEmpty() || items.size() > MAX_DECISIONS) {
      throw new ValidationException("items", "must be 1 to " + MAX_DECISIONS + " ids");
    }
    for (int i = 0; i < items.size(); i++) {
      if (items.get(i) == null) {
        throw new ValidationException("items[" + i + "]", "must be an id");
      }
    }
    return new LinkedHashSet<>(items);
  }
}
