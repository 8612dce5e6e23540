package io.platformapi.service.cache;

import io.dropwizard.lifecycle.Managed;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.platformapi.service.concurrent.DaemonThreads;
import io.platformapi.service.persistence.InAdmin;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the table of changes again and again and invalidates what it tells: the truth behind the
 * hints, so that no change stays unknown for longer than a poll.
 *
 * <p>It goes on from the oldest transaction that was still open at the look before, so a change
 * whose transaction was long and is committed late is not skipped. Where it cannot know what it
 * missed (its first look, another run of the server, changes purged since), everything is
 * invalidated.
 */
public final class ChangePoller implements Managed {
  private static final Logger LOG = LoggerFactory.getLogger(ChangePoller.class);
  private static final Duration PURGE_EVERY = Duration.ofMinutes(10);
  private static final Duration KEPT = Duration.ofHours(1);
  private static final int TOUCHES = 6;

  private final InAdmin admin;
  private final Caches caches;
  private final OpenMarks marks;
  private final Duration interval;
  private final Duration patience;
  private final ChangeSql sql = new ChangeSql();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(new DaemonThreads("cache-changes"));

  private final Map<Long, Long> seen = new HashMap<>();
  private String server;
  private long position = Long.MAX_VALUE;
  private long touchedAt = System.nanoTime();
  private long purgedAt = System.nanoTime();
  private boolean failing;
  private volatile long polledAt = System.nanoTime();

  /**
   * @param interval pause between two looks
   * @param patience after which the mark of a change that nobody keeps alive is settled; longer
   *     than a transaction of a tenant's database can live without its node
   */
  public ChangePoller(
      InAdmin admin,
      Caches caches,
      OpenMarks marks,
      Duration interval,
      Duration patience,
      MeterRegistry meters) {
    this.admin = admin;
    this.caches = caches;
    this.marks = marks;
    this.interval = interval;
    this.patience = patience;
    TimeGauge.builder(
            "platform.cache.poll.lag",
            this,
            TimeUnit.NANOSECONDS,
            poller -> System.nanoTime() - poller.polledAt)
        .description("Time since the table of changes was last read")
        .register(meters);
  }

  /** Looks once before anything is loaded, if it can, and then again and again. */
  @Override
  public void start() {
    pollQuietly();
    thread.scheduleWithFixedDelay(
        this::pollQuietly, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void stop() {
    thread.shutdownNow();
  }

  /**
   * Looks once.
   *
   * @throws io.platformapi.service.persistence.DatabaseUnavailableException when it cannot; the
   *     next look tells of everything since the one before
   */
  synchronized void poll() {
    long began = System.nanoTime();
    keepMarks();
    News news = admin.sql(connection -> sql.news(connection, position, patience));
    if (news.abandoned()) {
      admin.sql(connection -> sql.settleAbandoned(connection, patience));
    }
    boolean unknown = !news.server().equals(server) || news.purged() >= position;
    if (unknown) {
      seen.clear();
    }
    Set<Change> changes = changes(news.rows());
    server = news.server();
    position = news.position();
    seen.values().removeIf(xid -> xid < position);
    if (unknown) {
      caches.allInvalidated(ChangeSource.POLL);
    } else {
      changes.forEach(change -> caches.invalidated(change, ChangeSource.POLL));
    }
    polledAt = began;
    purgeWhenDue();
  }

  private Set<Change> changes(List<News.Row> rows) {
    Set<Change> changes = new HashSet<>();
    for (News.Row row : rows) {
      // While an old transaction is open, all changes since its beginning are read at each look.
      if (row.id() == News.MARK || seen.put(row.id(), row.xid()) == null) {
        CacheKind.of(row.kind()).ifPresent(kind -> changes.add(new Change(kind, row.key())));
      }
    }
    return changes;
  }

  private void keepMarks() {
    for (OpenMarks.Mark mark : marks.toSettle()) {
      admin.sql(connection -> sql.settle(connection, mark.id(), mark.change()));
      marks.settled(mark.id());
    }
    List<Long> underWay = marks.underWay().stream().map(OpenMarks.Mark::id).toList();
    if (!underWay.isEmpty()
        && System.nanoTime() - touchedAt >= patience.dividedBy(TOUCHES).toNanos()) {
      admin.sql(connection -> sql.touch(connection, underWay));
      touchedAt = System.nanoTime();
    }
  }

  private void purgeWhenDue() {
    if (System.nanoTime() - purgedAt >= PURGE_EVERY.toNanos()) {
      purge(KEPT);
      purgedAt = System.nanoTime();
    }
  }

  /** Removes changes of a certain age. */
  void purge(Duration age) {
    admin.sql(connection -> sql.purge(connection, age));
  }

  private void pollQuietly() {
    try {
      poll();
      if (failing) {
        LOG.info("changes can be read again");
      }
      failing = false;
    } catch (RuntimeException e) {
      if (!failing) {
        LOG.warn("changes cannot be read: {}", e.getMessage());
      }
      failing = true;
    }
  }
}
