package io.platformapi.service.cache;

import io.dropwizard.lifecycle.Managed;
import io.platformapi.service.concurrent.DaemonThreads;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All values of a kind as one that is always there: loaded in the background now and then and after
 * each change, answered without waiting, and kept while the truth is away.
 *
 * <p>A change on this node has been loaded when its invalidation returns; one of another node is
 * loaded at once in the background, and until then the last value is answered. A load that began
 * before a change never stands for one after it.
 */
public final class Snapshot<V> implements Holder, Managed {
  private static final Logger LOG = LoggerFactory.getLogger(Snapshot.class);

  private final String name;
  private final SnapshotOptions<V> options;
  private final Supplier<? extends V> loader;
  private final LongSupplier time;
  private final ScheduledExecutorService background;
  private final AtomicLong asked = new AtomicLong();
  private final Gets gets = new Gets();
  private final Object loading = new Object();

  private volatile V value;
  private volatile long loadedAt;
  private long answered;
  private boolean attempted;
  private long attemptedAt;
  private volatile RuntimeException failure;
  private volatile boolean started;

  Snapshot(
      String name,
      V initial,
      Supplier<? extends V> loader,
      SnapshotOptions<V> options,
      LongSupplier time) {
    this.name = name;
    this.value = initial;
    this.loader = loader;
    this.options = options;
    this.time = time;
    this.loadedAt = time.getAsLong();
    this.background =
        Executors.newSingleThreadScheduledExecutor(new DaemonThreads("cache-" + name));
  }

  boolean startedByOwner() {
    return options.startedByOwner();
  }

  /** Begins to load in the background. */
  @Override
  public void start() {
    started = true;
    background.execute(this::loadAndGoOn);
  }

  @Override
  public void stop() {
    background.shutdownNow();
  }

  /** What was loaded last; the same object until it changes. */
  public V get() {
    gets.hits.increment();
    return value;
  }

  /**
   * Loads now, or waits for a load that began after this call.
   *
   * @throws RuntimeException what the loader throws; thrown again, without asking it, for the time
   *     of the retry pause
   */
  public V refresh() {
    return load(asked.incrementAndGet());
  }

  /** Loads now unless that was tried within the pause; a failure leaves what is known. */
  public void refreshSeldom(Duration pause) {
    synchronized (loading) {
      if (!attempted || time.getAsLong() - attemptedAt >= pause.toNanos()) {
        loadQuietly(asked.incrementAndGet());
      }
    }
  }

  @Override
  public void invalidate(Change change, ChangeSource source) {
    if (options.startedByOwner() && !started) {
      // What it is loaded from is not there yet, and its first load is yet to come.
      return;
    }
    long wanted = asked.incrementAndGet();
    if (source == ChangeSource.LOCAL) {
      loadQuietly(wanted);
      return;
    }
    try {
      background.execute(() -> loadQuietly(wanted));
    } catch (RejectedExecutionException e) {
      LOG.debug("stopped");
    }
  }

  @Override
  public long size() {
    return options.size().applyAsLong(value);
  }

  @Override
  public double ageSeconds() {
    return (time.getAsLong() - loadedAt) / 1e9;
  }

  @Override
  public Gets gets() {
    return gets;
  }

  private void loadAndGoOn() {
    loadQuietly(asked.incrementAndGet());
    Duration wait = failure == null ? options.every() : options.retry();
    try {
      background.schedule(this::loadAndGoOn, wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("stopped");
    }
  }

  private void loadQuietly(long wanted) {
    try {
      load(wanted);
    } catch (RuntimeException e) {
      LOG.debug("{} not loaded", name, e);
    }
  }

  private V load(long wanted) {
    synchronized (loading) {
      if (answered >= wanted) {
        return value;
      }
      long now = time.getAsLong();
      if (failure != null && now - attemptedAt < options.retry().toNanos()) {
        throw failure;
      }
      long covered = asked.get();
      gets.misses.increment();
      try {
        V loaded = loader.get();
        if (!loaded.equals(value)) {
          value = loaded;
        }
        loadedAt = now;
        answered = covered;
        succeeded();
        return value;
      } catch (RuntimeException e) {
        failed(e);
        throw e;
      } finally {
        attempted = true;
        attemptedAt = time.getAsLong();
      }
    }
  }

  private void succeeded() {
    if (failure != null) {
      LOG.info("{} can be loaded again", name);
    }
    failure = null;
  }

  private void failed(RuntimeException e) {
    if (failure == null) {
      LOG.warn("{} cannot be loaded, keeping {} known: {}", name, size(), e.toString());
    }
    failure = e;
  }
}
