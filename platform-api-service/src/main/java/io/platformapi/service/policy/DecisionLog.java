package io.platformapi.service.policy;

import io.dropwizard.lifecycle.Managed;
import io.micrometer.core.instrument.MeterRegistry;
import io.platformapi.service.http.Uuid7;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.policy.engine.AccessDecision;
import io.platformapi.service.policy.engine.AccessRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps decisions in the tenants' databases, in the background and in batches.
 *
 * <p>A decision never waits for it: what does not fit into the queue, or cannot be written, is
 * dropped and counted.
 */
final class DecisionLog implements Managed {
  private static final Logger LOG = LoggerFactory.getLogger(DecisionLog.class);
  private static final int BATCH = 500;
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final Duration PRUNE_INTERVAL = Duration.ofMinutes(1);
  private static final Duration STOP = Duration.ofSeconds(5);

  private final InTenant inTenant;
  private final DecisionSql sql;
  private final Clock clock;
  private final MeterRegistry meters;
  private final Duration age;
  private final int rows;
  private final BlockingQueue<Entry> queue;
  private final Map<String, Instant> pruned = new HashMap<>();
  private final Thread writer = new Thread(this::run, "policy-decisions");
  private volatile boolean stopping;

  /**
   * @param queueSize decisions that may wait to be written
   * @param age how long decisions are kept
   * @param rows how many decisions of a tenant are kept
   */
  DecisionLog(
      InTenant inTenant,
      DecisionSql sql,
      Clock clock,
      MeterRegistry meters,
      int queueSize,
      Duration age,
      int rows) {
    this.inTenant = inTenant;
    this.sql = sql;
    this.clock = clock;
    this.meters = meters;
    this.age = age;
    this.rows = rows;
    this.queue = new ArrayBlockingQueue<>(queueSize);
    writer.setDaemon(true);
  }

  @Override
  public void start() {
    meters.gauge("policy.decisions.waiting", queue, BlockingQueue::size);
    writer.start();
  }

  /** Writes what waits, for a few seconds at most. */
  @Override
  public void stop() throws InterruptedException {
    stopping = true;
    writer.join(STOP.toMillis());
    writer.interrupt();
  }

  void offer(String tenantId, AccessRequest request, AccessDecision decision) {
    RecordedDecision recorded =
        new RecordedDecision(
            Uuid7.next(),
            clock.instant().truncatedTo(ChronoUnit.MICROS),
            CheckAnswer.text(decision.version()),
            decision.allowed(),
            decision.decidedBy() == null
                ? null
                : decision.decidedBy().layer().text() + ":" + decision.decidedBy().ruleId(),
            request);
    if (!queue.offer(new Entry(tenantId, recorded))) {
      dropped("queue_full", 1);
    }
  }

  private void run() {
    List<Entry> taken = new ArrayList<>();
    while (!stopping || !queue.isEmpty()) {
      try {
        Entry first = queue.poll(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        if (first != null) {
          taken.add(first);
          queue.drainTo(taken, BATCH - 1);
          byTenant(taken).forEach(this::write);
        }
      } catch (InterruptedException e) {
        return;
      } finally {
        taken.clear();
      }
    }
  }

  private static Map<String, List<RecordedDecision>> byTenant(List<Entry> entries) {
    Map<String, List<RecordedDecision>> byTenant = new LinkedHashMap<>();
    entries.forEach(
        entry ->
            byTenant
                .computeIfAbsent(entry.tenantId, tenant -> new ArrayList<>())
                .add(entry.decision));
    return byTenant;
  }

  private void write(String tenantId, List<RecordedDecision> decisions) {
    List<RecordedDecision> kept = new ArrayList<>();
    List<String> requests = new ArrayList<>();
    for (RecordedDecision decision : decisions) {
      Optional<String> json = sql.json(decision.request());
      if (json.isPresent()) {
        kept.add(decision);
        requests.add(json.get());
      } else {
        dropped("too_large", 1);
      }
    }
    try {
      inTenant.sql(
          tenantId,
          connection -> {
            sql.insert(connection, kept, requests);
            return null;
          });
      meters.counter("policy.decisions.recorded").increment(kept.size());
      prune(tenantId);
    } catch (RuntimeException e) {
      LOG.warn("decisions of {} cannot be recorded: {}", tenantId, e.getMessage());
      dropped("database", kept.size());
    }
  }

  private void prune(String tenantId) {
    Instant now = clock.instant();
    Instant last = pruned.get(tenantId);
    if (last == null || last.plus(PRUNE_INTERVAL).isBefore(now)) {
      pruned.put(tenantId, now);
      inTenant.sql(tenantId, connection -> sql.prune(connection, now.minus(age), rows));
    }
  }

  private void dropped(String reason, int count) {
    meters.counter("policy.decisions.dropped", "reason", reason).increment(count);
  }

  private record Entry(String tenantId, RecordedDecision decision) {}
}
