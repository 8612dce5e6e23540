package io.platformapi.service.quota;

import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.problem.FieldProblem;
import io.platformapi.service.problem.UnavailableException;
import io.platformapi.service.problem.ValidationException;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.simulation.QuotaSimulation;
import io.platformapi.service.usage.LedgerCall;
import io.platformapi.service.usage.LedgerTenant;
import io.platformapi.service.usage.LedgerTenants;
import io.platformapi.service.usage.RecordedCalls;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;

/** Decides the calls of a period by a set of quotas that was not in force. Changes nothing. */
public final class QuotaSimulationService {
  static final Duration LONGEST = Duration.ofDays(366);

  /**
   * Calls, those before the period that count too: who waits for one answer, and who sees it come.
   */
  static final long MAX_CALLS = 1_000_000;

  static final long MAX_CALLS_STREAMED = 10_000_000;

  /** Balances and parts of balances at once. */
  private static final int MAX_BALANCES = 1_000_000;

  /** Balances that are looked at; some minutes of work. */
  private static final long MAX_LOOKS = 200_000_000;

  private static final int STRETCH = 5_000;
  private static final int AT_ONCE = 2;
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
  private static final Instant EARLIEST = Instant.EPOCH;
  private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

  private final InTenant inTenant;
  private final LedgerTenants tenants;
  private final Clock clock;
  private final Semaphore running = new Semaphore(AT_ONCE);

  QuotaSimulationService(InTenant inTenant, LedgerTenants tenants, Clock clock) {
    this.inTenant = inTenant;
    this.tenants = tenants;
    this.clock = clock;
  }

  /** Told after each stretch. */
  @FunctionalInterface
  interface Progress {
    void at(QuotaSimulationProgress progress) throws IOException;
  }

  /**
   * A simulation that can be run.
   *
   * @param set the quotas in the order of the request
   * @param start of the earliest call that counts
   * @param calls how many there are from then on
   */
  record Prepared(
      LedgerTenant tenant, SimulatedSet set, Instant start, Instant from, Instant to, long calls) {}

  /**
   * Checks what is asked.
   *
   * @param most calls
   * @throws ValidationException that names every broken rule
   */
  Prepared prepare(String tenantId, NewQuotaSimulation asked, long most) {
    LedgerTenant tenant = tenants.get(tenantId);
    if (asked == null) {
      throw new ValidationException("items", "is required");
    }
    Instant to = micros(asked.to() == null ? clock.instant() : asked.to());
    List<FieldProblem> problems = new ArrayList<>();
    period(problems, asked.from(), to);
    List<Quota> quotas = List.of();
    try {
      quotas = QuotaRules.check(new NewQuotas(null, asked.items()), tenant.currency()).quotas();
    } catch (ValidationException e) {
      problems.addAll(e.fields());
    }
    if (!problems.isEmpty()) {
      throw new ValidationException(problems);
    }
    Instant from = micros(asked.from());
    List<Quota> proposed = quotas;
    SimulatedSet set =
        inTenant.sql(tenantId, connection -> SimulatedSet.read(connection, proposed, from, to));
    Instant start = QuotaSimulation.earliest(set.quotas(), from);
    long calls =
        inTenant.sql(tenantId, connection -> RecordedCalls.count(connection, start, to, most + 1));
    if (calls > most) {
      throw new ValidationException(
          "from",
          "there are more than "
              + most
              + " calls from "
              + start
              + " on, where the first window begins");
    }
    return new Prepared(tenant, set, start, from, to, calls);
  }

  /**
   * Runs it.
   *
   * @param maxCalls refused calls that the report tells
   * @throws UnavailableException when enough others run
   * @throws ValidationException when it would take too much
   */
  QuotaSimulationReport run(Prepared prepared, int maxCalls, Progress progress) throws IOException {
    if (!running.tryAcquire()) {
      throw new UnavailableException("other simulations are running", RETRY_AFTER);
    }
    try {
      return simulate(prepared, maxCalls, progress);
    } finally {
      running.release();
    }
  }

  private QuotaSimulationReport simulate(Prepared prepared, int maxCalls, Progress progress)
      throws IOException {
    SimulatedSet set = prepared.set();
    QuotaSimulation simulation =
        new QuotaSimulation(set.quotas(), set.grants(), drawnBefore(prepared), prepared.from());
    bound(simulation);
    SimulationTally tally =
        new SimulationTally(set.quotas(), prepared.tenant().currency(), maxCalls);
    UsageRecord last = null;
    long read = 0;
    while (true) {
      List<LedgerCall> stretch = stretch(prepared, last);
      for (LedgerCall call : stretch) {
        if (call.call().startedAt().isBefore(prepared.from())) {
          simulation.made(call);
        } else {
          tally.add(call, simulation.decide(call));
        }
        bound(simulation);
      }
      read += stretch.size();
      if (stretch.size() < STRETCH) {
        return tally.report(prepared.from(), prepared.to());
      }
      last = stretch.get(STRETCH - 1).call();
      progress.at(
          new QuotaSimulationProgress(
              read,
              Math.max(read, prepared.calls()),
              tally.examined(),
              tally.refused(),
              last.startedAt()));
    }
  }

  private Map<BalanceKey, Long> drawnBefore(Prepared prepared) {
    return inTenant.sql(
        prepared.tenant().id(),
        connection -> prepared.set().drawnBefore(connection, prepared.from(), MAX_BALANCES + 1));
  }

  private static void bound(QuotaSimulation simulation) {
    if (simulation.balances() > MAX_BALANCES) {
      throw new ValidationException(
          "items", "more than " + MAX_BALANCES + " balances would be open at once");
    }
    if (simulation.looks() > MAX_LOOKS) {
      throw new ValidationException("items", "are too many for so many calls");
    }
  }

  private List<LedgerCall> stretch(Prepared prepared, UsageRecord last) {
    return inTenant.sql(
        prepared.tenant().id(),
        connection ->
            RecordedCalls.read(connection, prepared.start(), prepared.to(), last, STRETCH));
  }

  private static void period(List<FieldProblem> problems, Instant from, Instant to) {
    int before = problems.size();
    if (from == null) {
      problems.add(new FieldProblem("from", "is required"));
    } else if (from.isBefore(EARLIEST) || from.isAfter(LATEST)) {
      problems.add(new FieldProblem("from", "must be a time from 1970 to 9999"));
    }
    if (to.isBefore(EARLIEST) || to.isAfter(LATEST)) {
      problems.add(new FieldProblem("to", "must be a time from 1970 to 9999"));
    }
    if (problems.size() > before) {
      return;
    }
    if (!from.isBefore(to)) {
      problems.add(new FieldProblem("to", "must be after from"));
    } else if (Duration.between(from, to).compareTo(LONGEST) > 0) {
      problems.add(
          new FieldProblem("to", "must be at most " + LONGEST.toDays() + " days after from"));
    }
  }

  /** As exact as the database is. */
  private static Instant micros(Instant time) {
    return time.truncatedTo(ChronoUnit.MICROS);
  }
}
