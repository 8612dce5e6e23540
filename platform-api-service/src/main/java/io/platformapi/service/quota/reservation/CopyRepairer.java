package io.platformapi.service.quota.reservation;

import io.dropwizard.lifecycle.Managed;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.platformapi.service.concurrent.DaemonThreads;
import io.platformapi.service.quota.balance.CopyRepairs;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the copies of those tenants repaired that somebody asks about, each when it is due. One whose
 * database hangs takes one of some threads, so that the others are repaired meanwhile.
 */
public final class CopyRepairer implements Managed {
  private static final Logger LOG = LoggerFactory.getLogger(CopyRepairer.class);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final int THREADS = 4;

  private final CopyRepair repair;
  private final CopyRepairs copy;
  private final MeterRegistry meters;
  private final Counter repaired;
  private final long patience;
  private final LongSupplier nanos;
  private final Map<String, Turn> turns = new ConcurrentHashMap<>();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(new DaemonThreads("quota-repair"));
  private final ExecutorService workers =
      Executors.newFixedThreadPool(THREADS, new DaemonThreads("quota-repair-tenant"));

  /**
   * @param patience between two attempts of a tenant that nobody is believed of
   * @param nanos as {@link System#nanoTime} has it
   */
  public CopyRepairer(
      CopyRepair repair,
      CopyRepairs copy,
      Duration patience,
      MeterRegistry meters,
      LongSupplier nanos) {
    this.repair = repair;
    this.copy = copy;
    this.patience = patience.toNanos();
    this.meters = meters;
    this.nanos = nanos;
    this.repaired =
        Counter.builder("platform.quota.copy.repaired")
            .description("Balances whose change the database told the copy before anybody else")
            .register(meters);
  }

  @Override
  public void start() {
    clock.scheduleWithFixedDelay(
        this::look, PAUSE.toMillis(), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void stop() {
    clock.shutdownNow();
    workers.shutdownNow();
  }

  /**
   * When a tenant comes next.
   *
   * @param due when it is believed
   * @param earliest when it is not
   */
  private record Turn(boolean busy, long due, long earliest) {
    static final Turn BUSY = new Turn(true, 0, 0);

    boolean is(boolean believed, long now) {
      return !busy && now - (believed ? due : earliest) >= 0;
    }
  }

  private void look() {
    try {
      long now = nanos.getAsLong();
      copy.asked().forEach((tenant, believed) -> visit(tenant, believed, now));
      turns.values().removeIf(turn -> turn.is(true, now - TimeUnit.MINUTES.toNanos(1)));
    } catch (RuntimeException e) {
      LOG.warn("copies of balances cannot be repaired", e);
    }
  }

  private void visit(String tenantId, boolean believed, long now) {
    Turn turn = turns.get(tenantId);
    if (turn == null || turn.is(believed, now)) {
      turns.put(tenantId, Turn.BUSY);
      workers.execute(() -> repair(tenantId));
    }
  }

  private void repair(String tenantId) {
    Duration next = Duration.ofNanos(patience);
    try {
      CopyRepair.Repaired done = repair.run(tenantId);
      count(done.result().name());
      repaired.increment(done.repaired());
      next = done.next();
    } catch (RuntimeException e) {
      count("failed");
      LOG.debug("the copy of {} cannot be repaired now", tenantId, e);
    } finally {
      long now = nanos.getAsLong();
      turns.put(tenantId, new Turn(false, now + next.toNanos(), now + patience));
    }
  }

  private void count(String outcome) {
    Counter.builder("platform.quota.copy.repairs")
        .tag("outcome", outcome.toLowerCase(Locale.ROOT))
        .description("Looks for changes that the copy of a tenant's balances may have missed")
        .register(meters)
        .increment();
  }
}
