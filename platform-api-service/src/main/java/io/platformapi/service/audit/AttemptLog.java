package io.platformapi.service.audit;

import io.dropwizard.lifecycle.Managed;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.platformapi.service.concurrent.DaemonThreads;
import io.platformapi.service.persistence.InAdmin;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps refused attempts in the platform's audit log. Anybody can make any number of them, so those
 * that come together share one transaction, and those that are too many share one row, which tells
 * how many they were.
 */
public final class AttemptLog implements Managed {
  private static final Logger LOG = LoggerFactory.getLogger(AttemptLog.class);
  private static final Duration WINDOW = Duration.ofSeconds(10);
  private static final int ROWS_OF_AN_ACTOR = 200;
  private static final int ROWS = 1_000;
  private static final int COUNTS = 1_000;
  private static final long STOP_SECONDS = 5;

  private final InAdmin admin;
  private final AuditLog log;
  private final AttemptBudget budget;
  private final Clock clock;
  private final Counter counted;
  private final Queue<Pending> waiting = new ConcurrentLinkedQueue<>();
  private final Object writing = new Object();
  private final ScheduledExecutorService background =
      Executors.newSingleThreadScheduledExecutor(new DaemonThreads("audit-attempts"));

  /**
   * @param log of the admin database
   */
  public AttemptLog(InAdmin admin, AuditLog log, MeterRegistry meters, Clock clock) {
    this(admin, log, new AttemptBudget(ROWS_OF_AN_ACTOR, ROWS, COUNTS), meters, clock);
  }

  AttemptLog(InAdmin admin, AuditLog log, AttemptBudget budget, MeterRegistry meters, Clock clock) {
    this.admin = admin;
    this.log = log;
    this.budget = budget;
    this.clock = clock;
    this.counted =
        Counter.builder("audit.attempts.counted")
            .description("Refused attempts without an audit row of their own")
            .register(meters);
  }

  @Override
  public void start() {
    background.scheduleWithFixedDelay(
        this::turnQuietly, WINDOW.toMillis(), WINDOW.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Writes what was counted. */
  @Override
  public void stop() throws InterruptedException {
    background.shutdown();
    if (background.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
      turnQuietly();
    }
  }

  /**
   * Returns when the attempt is in the log, or has been counted to be written soon.
   *
   * @param event its details have a {@code reason}
   * @throws RuntimeException when it cannot be written
   */
  public void keep(AuditEvent event) {
    if (!budget.admits(event, clock.instant())) {
      counted.increment();
      return;
    }
    Pending own = new Pending(event);
    waiting.add(own);
    synchronized (writing) {
      // Whoever held the lock before has perhaps written it already.
      if (!own.tried) {
        writeWaiting();
      }
    }
    if (own.failure != null) {
      throw own.failure;
    }
  }

  /** Begins a new window, and writes what was counted in the last one. */
  void turn() {
    List<AuditEvent> counts = budget.turn();
    if (counts.isEmpty()) {
      return;
    }
    boolean written = false;
    try {
      write(counts);
      written = true;
    } finally {
      if (!written) {
        budget.giveBack(counts);
      }
    }
  }

  private void turnQuietly() {
    try {
      turn();
    } catch (RuntimeException e) {
      LOG.warn("refused attempts cannot be kept now: {}", e.getMessage());
    }
  }

  private void writeWaiting() {
    List<Pending> together = new ArrayList<>();
    for (Pending next = waiting.poll(); next != null; next = waiting.poll()) {
      together.add(next);
    }
    RuntimeException failure = null;
    try {
      write(together.stream().map(pending -> pending.event).toList());
    } catch (RuntimeException e) {
      failure = e;
    }
    for (Pending pending : together) {
      pending.tried = true;
      pending.failure = failure;
    }
  }

  private void write(List<AuditEvent> events) {
    admin.transaction(
        () -> {
          events.forEach(log::record);
          return null;
        });
  }

  /** Guarded by {@link #writing}, which the waiting thread has held after the outcome was set. */
  private static final class Pending {
    private final AuditEvent event;
    private boolean tried;
    private RuntimeException failure;

    Pending(AuditEvent event) {
      this.event = event;
    }
  }
}
