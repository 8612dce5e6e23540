package io.platformapi.service.apikey;

import io.dropwizard.lifecycle.Managed;
import io.platformapi.service.concurrent.DaemonThreads;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down in the background what requests with keys leave behind: when a key was last used, and
 * its hash by the present pepper. A request only leaves a note in memory; a crash loses the notes
 * of one interval.
 */
final class KeyUse implements Managed {
  private static final Logger LOG = LoggerFactory.getLogger(KeyUse.class);
  // A page of writes is one transaction, so that none holds many rows for long.
  private static final int PAGE = 500;
  private static final long STOP_SECONDS = 5;

  private final ApiKeySql sql;
  private final Duration interval;
  private final Map<UUID, Instant> used = new ConcurrentHashMap<>();
  private final Map<UUID, ApiKeySql.Rehash> rehashed = new ConcurrentHashMap<>();
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(new DaemonThreads("api-key-use"));

  KeyUse(ApiKeySql sql, Duration interval) {
    this.sql = sql;
    this.interval = interval;
  }

  @Override
  public void start() {
    executor.scheduleWithFixedDelay(
        this::writeQuietly, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Writes what is left. */
  @Override
  public void stop() throws InterruptedException {
    executor.shutdown();
    if (executor.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
      writeQuietly();
    }
  }

  void used(UUID id, Instant at) {
    used.put(id, at);
  }

  void rehashed(ApiKeySql.Rehash rehash) {
    rehashed.put(rehash.id(), rehash);
  }

  /** Writes each key's last use once; what cannot be written is kept for the next time. */
  void write() {
    while (!used.isEmpty()) {
      Map<UUID, Instant> page = page(used);
      sql.used(page);
      // Removed after the write, and only as it was written: a later use stays.
      page.forEach(used::remove);
      if (page.size() < PAGE) {
        break;
      }
    }
    Map<UUID, ApiKeySql.Rehash> hashes = page(rehashed);
    if (!hashes.isEmpty()) {
      sql.rehash(hashes.values());
      hashes.forEach(rehashed::remove);
    }
  }

  private static <T> Map<UUID, T> page(Map<UUID, T> notes) {
    Map<UUID, T> page = new HashMap<>();
    for (Map.Entry<UUID, T> note : notes.entrySet()) {
      if (page.size() == PAGE) {
        break;
      }
      page.put(note.getKey(), note.getValue());
    }
    return page;
  }

  private void writeQuietly() {
    try {
      write();
    } catch (RuntimeException e) {
      LOG.warn("the use of API keys cannot be written now: {}", e.getMessage());
    }
  }
}
