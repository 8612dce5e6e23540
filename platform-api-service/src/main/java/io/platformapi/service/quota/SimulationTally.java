package io.platformapi.service.quota;

import io.platformapi.service.http.Money;
import io.platformapi.service.quota.engine.CallNames;
import io.platformapi.service.quota.engine.Decision;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaAmounts;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.usage.LedgerCall;
import io.platformapi.service.usage.LedgerScope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Adds up what a simulation decides, in bounded memory. */
final class SimulationTally {
  /** Refused names of one scope that are told apart. */
  static final int MAX_NAMES = 50_000;

  /** Names of one scope that the report tells. */
  static final int TOP = 10;

  private static final String OTHERS = "";

  private final List<Quota> quotas;
  private final Map<UUID, Integer> places = new HashMap<>();
  private final String currency;
  private final int maxCalls;
  private final Sums used = new Sums();
  private final Sums saved = new Sums();
  private final Map<Integer, Refusals> byQuota = new HashMap<>();
  private final Map<LedgerScope, Map<String, Refusals>> byName = new EnumMap<>(LedgerScope.class);
  private final List<QuotaSimulationReport.RefusedCall> calls = new ArrayList<>();

  /**
   * @param quotas in the order of the request
   * @param maxCalls refused calls that the report tells
   */
  SimulationTally(List<Quota> quotas, String currency, int maxCalls) {
    this.quotas = quotas;
    this.currency = currency;
    this.maxCalls = maxCalls;
    for (int i = 0; i < quotas.size(); i++) {
      places.put(quotas.get(i).id(), i);
    }
  }

  void add(LedgerCall call, Decision decision) {
    QuotaAmounts amounts = QuotaAmounts.of(call);
    used.add(amounts);
    if (decision.granted()) {
      return;
    }
    saved.add(amounts);
    Instant at = call.call().startedAt();
    for (int i = 0; i < decision.refusing().size(); i++) {
      int place = places.get(decision.refusing().get(i).state().quota().id());
      Refusals refusals = byQuota.computeIfAbsent(place, p -> new Refusals());
      refusals.add(at, amounts.costNanos());
      refusals.named += i == 0 ? 1 : 0;
    }
    CallNames names = CallNames.of(call.call());
    for (LedgerScope scope : LedgerScope.values()) {
      String name = names.get(scope);
      if (name != null) {
        Map<String, Refusals> known = byName.computeIfAbsent(scope, s -> new HashMap<>());
        String told = known.containsKey(name) || known.size() < MAX_NAMES ? name : OTHERS;
        known.computeIfAbsent(told, n -> new Refusals()).add(at, amounts.costNanos());
      }
    }
    if (calls.size() < maxCalls) {
      calls.add(refusedCall(call, names, decision));
    }
  }

  long examined() {
    return used.calls;
  }

  long refused() {
    return saved.calls;
  }

  QuotaSimulationReport report(Instant from, Instant to) {
    return new QuotaSimulationReport(
        from,
        to,
        used.calls,
        saved.calls,
        used.told(currency),
        saved.told(currency),
        byQuota.entrySet().stream()
            .sorted(SimulationTally.<Integer>mostFirst())
            .map(entry -> refusing(entry.getKey(), entry.getValue()))
            .toList(),
        byName.entrySet().stream()
            .flatMap(
                scope ->
                    scope.getValue().entrySet().stream()
                        .sorted(SimulationTally.<String>mostFirst())
                        .limit(TOP)
                        .map(name -> subject(scope.getKey(), name.getKey(), name.getValue())))
            .toList(),
        calls);
  }

  private static <K extends Comparable<K>> Comparator<Map.Entry<K, Refusals>> mostFirst() {
    return Comparator.<Map.Entry<K, Refusals>>comparingLong(entry -> -entry.getValue().count)
        .thenComparing(Map.Entry::getKey);
  }

  private QuotaSimulationReport.RefusingQuota refusing(int place, Refusals refusals) {
    Quota quota = quotas.get(place);
    return new QuotaSimulationReport.RefusingQuota(
        place,
        quota.dimension().wire(),
        ScopeRules.write(quota.selector()),
        WindowRules.write(quota.window()),
        QuotaDefinition.amount(quota.dimension(), quota.limit(), currency),
        refusals.count,
        refusals.named,
        refusals.first,
        refusals.last);
  }

  private QuotaSimulationReport.RefusedSubject subject(
      LedgerScope scope, String name, Refusals refusals) {
    return new QuotaSimulationReport.RefusedSubject(
        scope.wire(),
        name.equals(OTHERS) ? null : name,
        refusals.count,
        Money.ofNanos(refusals.costNanos, currency),
        refusals.first);
  }

  private QuotaSimulationReport.RefusedCall refusedCall(
      LedgerCall call, CallNames names, Decision decision) {
    return new QuotaSimulationReport.RefusedCall(
        call.call().startedAt(),
        call.call().eventId(),
        call.call().callId(),
        new CallSubject(
            names.get(LedgerScope.TEAM),
            names.get(LedgerScope.USER),
            names.get(LedgerScope.END_USER),
            names.get(LedgerScope.API_KEY)),
        names.get(LedgerScope.PROVIDER),
        names.get(LedgerScope.MODEL),
        Money.ofNanos(call.call().costNanos(), currency),
        decision.refusing().stream().map(this::reason).toList());
  }

  private QuotaSimulationReport.Reason reason(Decision.Refusal refusal) {
    QuotaDimension dimension = refusal.state().quota().dimension();
    return new QuotaSimulationReport.Reason(
        places.get(refusal.state().quota().id()),
        QuotaDefinition.amount(dimension, refusal.amount(), currency),
        QuotaDefinition.amount(dimension, refusal.state().granted(), currency),
        QuotaDefinition.amount(dimension, refusal.state().remaining(), currency),
        refusal.state().resetAt());
  }

  /** Calls added up. */
  private static final class Sums {
    private long calls;
    private long inputTokens;
    private long outputTokens;
    private long requests;
    private long costNanos;

    void add(QuotaAmounts amounts) {
      calls++;
      inputTokens = Math.addExact(inputTokens, amounts.inputTokens());
      outputTokens = Math.addExact(outputTokens, amounts.outputTokens());
      requests = Math.addExact(requests, amounts.requests());
      costNanos = Math.addExact(costNanos, amounts.costNanos());
    }

    QuotaSimulationReport.Sum told(String currency) {
      return new QuotaSimulationReport.Sum(
          inputTokens,
          outputTokens,
          Math.addExact(inputTokens, outputTokens),
          requests,
          Money.ofNanos(costNanos, currency));
    }
  }

  /** The refusals of one quota or to one name; the first comes first. */
  private static final class Refusals {
    private long count;
    private long named;
    private long costNanos;
    private Instant first;
    private Instant last;

    void add(Instant at, long cost) {
      count++;
      costNanos = Math.addExact(costNanos, cost);
      first = first == null ? at : first;
      last = at;
    }
  }
}
