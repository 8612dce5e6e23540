package io.platformapi.service.quota.reservation;

import io.dropwizard.lifecycle.Managed;
import io.platformapi.service.concurrent.DaemonThreads;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends reservations soon after their time, in the databases where this node made some; in all now
 * and then, for those of nodes that are no more, and to forget what is long past.
 *
 * <p>Nothing is decided by what it has not done yet.
 */
public final class ExpirySweeper implements Managed {
  private static final Logger LOG = LoggerFactory.getLogger(ExpirySweeper.class);
  private static final Duration LATER = Duration.ofSeconds(30);

  private final Expiry expiry;
  private final Supplier<List<String>> tenants;
  private final Duration pause;
  private final Duration round;
  private final Clock clock;
  private final Map<String, Instant> due = new ConcurrentHashMap<>();
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(new DaemonThreads("quota-expiry"));
  private Instant nextRound;

  /**
   * @param tenants all that have a database
   * @param pause between two looks at what is due
   * @param round between two visits of all databases
   */
  public ExpirySweeper(
      Expiry expiry, Supplier<List<String>> tenants, Duration pause, Duration round, Clock clock) {
    this.expiry = expiry;
    this.tenants = tenants;
    this.pause = pause;
    this.round = round;
    this.clock = clock;
    this.nextRound = clock.instant().plus(round);
  }

  /** Notes that a reservation's time ends. */
  public void note(String tenantId, Instant expiresAt) {
    Instant noted = due.get(tenantId);
    if (noted == null || expiresAt.isBefore(noted)) {
      due.merge(tenantId, expiresAt, (a, b) -> a.isBefore(b) ? a : b);
    }
  }

  @Override
  public void start() {
    executor.scheduleWithFixedDelay(
        this::sweep, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void stop() {
    executor.shutdownNow();
  }

  /** Ends what is due. */
  void sweep() {
    Instant now = clock.instant();
    due.forEach(
        (tenant, time) -> {
          if (!time.isAfter(now) && due.remove(tenant, time)) {
            visit(tenant, now);
          }
        });
    if (!nextRound.isAfter(now)) {
      nextRound = now.plus(round);
      visitAll();
    }
  }

  private void visit(String tenant, Instant now) {
    try {
      Instant next = expiry.runAndTellNext(tenant);
      if (next != null) {
        note(tenant, next);
      }
    } catch (RuntimeException e) {
      LOG.warn("reservations of {} cannot be ended now: {}", tenant, e.getMessage());
      note(tenant, now.plus(LATER));
    }
  }

  private void visitAll() {
    try {
      for (String tenant : tenants.get()) {
        visit(tenant, clock.instant());
        forget(tenant);
      }
    } catch (RuntimeException e) {
      LOG.warn("the list of tenants cannot be read: {}", e.getMessage());
    }
  }

  private void forget(String tenant) {
    try {
      expiry.forget(tenant);
    } catch (RuntimeException e) {
      LOG.warn("past reservations of {} cannot be removed now: {}", tenant, e.getMessage());
    }
  }
}
