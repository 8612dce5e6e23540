package io.platformapi.service.reconciliation;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/** Counts what runs find; no label carries a tenant. */
final class ReconciliationMeters {
  private static final String PREFIX = "platform.reconciliation.";

  private final MeterRegistry registry;
  private final Clock clock;

  ReconciliationMeters(MeterRegistry registry, Clock clock) {
    this.registry = registry;
    this.clock = clock;
  }

  /** A run that is over. */
  void ended(ReconciliationRun run) {
    count("runs", 1, "outcome", run.state().wire());
    count("rows", run.fetchedRows());
    count("calls", run.gatewayCalls(), "book", "gateway");
    count("calls", run.ledgerCalls(), "book", "ledger");
    count("calls", run.matchedCalls(), "book", "both");
    for (ReconciliationRun.ClassTotal total : run.totals()) {
      String difference = total.difference().wire();
      count("differences", total.items(), "difference", difference);
      count(
          "drift.tokens",
          Math.abs(total.inputTokens()),
          "difference",
          difference,
          "direction",
          "input");
      count(
          "drift.tokens",
          Math.abs(total.outputTokens()),
          "difference",
          difference,
          "direction",
          "output");
      count("drift.cost.nanos", total.costNanosAbs(), "difference", difference);
    }
    for (ReconciliationRun.CounterTotal total : run.counters()) {
      String verdict = total.verdict().wire();
      count("counters", total.counters(), "verdict", verdict);
      count("counters.drift.nanos", total.driftNanos(), "verdict", verdict);
    }
  }

  /**
   * Shows how long ago something was; 0 when it has never been.
   *
   * @param since when, or empty
   */
  void watchAge(String name, String description, Supplier<Optional<Instant>> since) {
    Gauge.builder(
            PREFIX + name,
            () ->
                since
                    .get()
                    .map(instant -> Duration.between(instant, clock.instant()).toMillis() / 1e3)
                    .orElse(0.0))
        .baseUnit("seconds")
        .description(description)
        .register(registry);
  }

  private void count(String name, long amount, String... labels) {
    registry.counter(PREFIX + name, labels).increment(amount);
  }
}
