package io.platformapi.service.health;

import com.codahale.metrics.health.HealthCheck;
import com.codahale.metrics.health.HealthCheckRegistry;
import io.dropwizard.lifecycle.Managed;
import io.platformapi.service.concurrent.DaemonThreads;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Probes the servers we depend on in the background and keeps the last result, so that however
 * often health is asked, each server is asked once an interval; an old result counts as down.
 */
public final class HealthMonitor implements Managed {
  private static final int STALE_INTERVALS = 4;

  private final Logger log = LoggerFactory.getLogger(HealthMonitor.class);
  private final List<Probe> probes;
  private final Duration interval;
  private final Clock clock;
  private final Map<String, Result> results = new ConcurrentHashMap<>();
  private final ScheduledExecutorService threads;

  public HealthMonitor(List<Probe> probes, Duration interval, Clock clock) {
    this.probes = List.copyOf(probes);
    this.interval = interval;
    this.clock = clock;
    // A thread each: one that hangs must not delay the others.
    this.threads =
        Executors.newScheduledThreadPool(Math.max(1, probes.size()), new DaemonThreads("health"));
  }

  /** Shows every probe as a health check on the admin port too. */
  public void register(HealthCheckRegistry registry) {
    for (Probe probe : probes) {
      registry.register(
          probe.name(),
          new HealthCheck() {
            @Override
            protected Result check() {
              return up(probe) ? Result.healthy() : Result.unhealthy("does not answer");
            }
          });
    }
  }

  @Override
  public void start() {
    for (Probe probe : probes) {
      threads.scheduleWithFixedDelay(
          () -> run(probe), 0, interval.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void stop() {
    threads.shutdownNow();
  }

  /** Whether every server answers without which nothing can be served. */
  public boolean ready() {
    return probes.stream().filter(Probe::required).allMatch(this::up);
  }

  /** Whether each server answers. */
  public Map<String, Boolean> parts() {
    Map<String, Boolean> parts = new LinkedHashMap<>();
    probes.forEach(probe -> parts.put(probe.name(), up(probe)));
    return parts;
  }

  private boolean up(Probe probe) {
    Result last = results.get(probe.name());
    return last != null
        && last.up()
        && last.at().isAfter(clock.instant().minus(interval.multipliedBy(STALE_INTERVALS)));
  }

  private void run(Probe probe) {
    boolean up = succeeds(probe);
    Result before = results.put(probe.name(), new Result(up, clock.instant()));
    if (up && before != null && !before.up()) {
      log.info("{} answers again", probe.name());
    }
  }

  private boolean succeeds(Probe probe) {
    try {
      probe.check().run();
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (Exception e) {
      Result before = results.get(probe.name());
      if (before == null || before.up()) {
        log.warn("{} does not answer: {}", probe.name(), e.toString());
      }
      return false;
    }
  }

  private record Result(boolean up, Instant at) {}
}
