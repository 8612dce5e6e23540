package io.platformapi.service.quota.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.platformapi.routes.message.CallStatus;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.quota.engine.Decision;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaMode;
import io.platformapi.service.quota.engine.QuotaSelector;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.Quotas;
import io.platformapi.service.quota.engine.WindowKind;
import io.platformapi.service.usage.GeneratedCalls;
import io.platformapi.service.usage.LedgerCall;
import io.platformapi.service.usage.LedgerScope;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class QuotaSimulationTest {
  private static final int SEEDS = 150;
  private static final int CALLS = 120;

  @Test
  void itRefusesWhatSomebodyWouldWhoAddsUpAllCallsEachTime() {
    int refused = 0;
    int granted = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      Random random = new Random(seed);
      List<Quota> quotas = List.copyOf(SimulatedQuotas.of(random, 12));
      List<LedgerCall> calls = calls(seed);
      int before = random.nextInt(CALLS / 2);
      QuotaSimulation simulation = new QuotaSimulation(quotas, List.of(), Map.of(), Instant.EPOCH);
      List<UsageRecord> counted = new ArrayList<>();
      for (int i = 0; i < CALLS; i++) {
        LedgerCall call = calls.get(i);
        if (i < before) {
          simulation.made(call);
          counted.add(call.call());
          continue;
        }
        Set<UUID> expected = refusing(quotas, counted, call.call());
        Decision decision = simulation.decide(call);
        Set<UUID> found = new HashSet<>();
        decision.refusing().forEach(refusal -> found.add(refusal.state().quota().id()));
        assertThat(found).as("seed %d, call %d", seed, i).isEqualTo(expected);
        if (expected.isEmpty()) {
          granted++;
          counted.add(call.call());
        } else {
          refused++;
        }
      }
    }
    assertThat(refused).isGreaterThan(SEEDS * CALLS / 10);
    assertThat(granted).isGreaterThan(SEEDS * CALLS / 10);
  }

  @Test
  void windowsThatAreOverAreForgotten() {
    QuotaWindow minute = QuotaWindow.rolling(Duration.ofMinutes(1));
    List<Quota> quotas =
        List.of(
            Quotas.quota(
                QuotaDimension.REQUESTS,
                QuotaSelector.of(Map.of(LedgerScope.END_USER, "*")),
                minute,
                1,
                QuotaMode.ENFORCE),
            Quotas.quota(
                QuotaDimension.REQUESTS,
                QuotaSelector.of(Map.of(LedgerScope.END_USER, "*", LedgerScope.MODEL, "*")),
                QuotaWindow.of(WindowKind.MINUTE),
                1,
                QuotaMode.WARN));
    QuotaSimulation simulation = new QuotaSimulation(quotas, List.of(), Map.of(), Instant.EPOCH);
    GeneratedCalls calls = new GeneratedCalls(8);
    int most = 0;
    for (int i = 0; i < 20_000; i++) {
      simulation.decide(LedgerCall.of(calls.call(Instant.EPOCH.plusSeconds(10L * i))));
      most = Math.max(most, simulation.balances());
    }
    // Six calls in a minute and one more of waiting to be swept, by subject and by part.
    assertThat(most).isBetween(3, 60);
  }

  private static List<LedgerCall> calls(long seed) {
    return new GeneratedCalls(seed)
        .calls(CALLS).stream()
            .sorted(
                Comparator.comparing(UsageRecord::startedAt).thenComparing(UsageRecord::eventId))
            .map(LedgerCall::of)
            .toList();
  }

  private static Set<UUID> refusing(
      List<Quota> quotas, List<UsageRecord> counted, UsageRecord call) {
    Set<UUID> refusing = new HashSet<>();
    for (Quota quota : quotas) {
      if (quota.mode() != QuotaMode.ENFORCE || !matches(quota, call)) {
        continue;
      }
      long used =
          counted.stream()
              .filter(other -> matches(quota, other) && sameSubject(quota, call, other))
              .filter(other -> inWindow(quota.window(), other.startedAt(), call.startedAt()))
              .mapToLong(other -> amount(quota.dimension(), other))
              .sum();
      long wanted = amount(quota.dimension(), call);
      if (wanted == 0 ? used >= quota.limit() : used + wanted > quota.limit()) {
        refusing.add(quota.id());
      }
    }
    return refusing;
  }

  private static boolean matches(Quota quota, UsageRecord call) {
    return quota.selector().values().entrySet().stream()
        .allMatch(
            entry -> {
              String name = entry.getKey().nameOf(call);
              return name != null
                  && !name.isEmpty()
                  && (entry.getValue().equals("*") || entry.getValue().equals(name));
            });
  }

  private static boolean sameSubject(Quota quota, UsageRecord one, UsageRecord other) {
    return quota.selector().values().keySet().stream()
        .allMatch(scope -> scope.nameOf(one).equals(scope.nameOf(other)));
  }

  private static boolean inWindow(QuotaWindow window, Instant used, Instant now) {
    return window.isRolling()
        ? used.isAfter(now.minus(window.length()).minusSeconds(window.slotSeconds()))
            && !window.slot(used).isBefore(window.slot(now.minus(window.length())))
        : window.start(used).equals(window.start(now));
  }

  private static long amount(QuotaDimension dimension, UsageRecord call) {
    boolean cached = call.cacheHit() && call.status() == CallStatus.SUCCESS;
    return switch (dimension) {
      case INPUT_TOKENS -> cached ? 0 : call.inputTokens();
      case OUTPUT_TOKENS -> cached ? 0 : call.outputTokens();
      case TOTAL_TOKENS -> cached ? 0 : call.inputTokens() + call.outputTokens();
      case REQUESTS -> 1;
      case COST -> call.costNanos();
      case STORAGE_BYTES, SEATS -> 0;
    };
  }
}
