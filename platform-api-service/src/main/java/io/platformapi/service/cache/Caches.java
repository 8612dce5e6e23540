package io.platformapi.service.cache;

import io.dropwizard.lifecycle.Managed;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.platformapi.routes.message.Invalidation;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** All caches of this node: makes them, measures them, and tells them what has changed. */
public final class Caches implements Managed {
  private final MeterRegistry meters;
  private final LongSupplier time;
  private final Set<String> names = new HashSet<>();
  private final Map<CacheKind, List<Cache<?>>> keyed = new EnumMap<>(CacheKind.class);
  private final Map<CacheKind, List<Snapshot<?>>> wholes = new EnumMap<>(CacheKind.class);

  public Caches(MeterRegistry meters) {
    this(meters, System::nanoTime);
  }

  /**
   * @param time in nanoseconds, as {@link System#nanoTime} has it
   */
  public Caches(MeterRegistry meters, LongSupplier time) {
    this.meters = meters;
    this.time = time;
    for (CacheKind kind : CacheKind.values()) {
      keyed.put(kind, new CopyOnWriteArrayList<>());
      wholes.put(kind, new CopyOnWriteArrayList<>());
    }
  }

  /**
   * A cache of values by key.
   *
   * @param name label of its metrics, unique
   * @param loader asks the truth, in the thread of whoever asks the cache; an absence is a value,
   *     e.g. an empty Optional
   */
  public <V> Cache<V> keyed(
      CacheKind kind, String name, Function<String, V> loader, CacheOptions<V> options) {
    Cache<V> cache = new Cache<>(options, loader, time);
    measure(name, cache);
    keyed.get(kind).add(cache);
    return cache;
  }

  /** A cache of values that are made of more than their key: whoever asks brings the loader. */
  public <V> Cache<V> keyed(CacheKind kind, String name, CacheOptions<V> options) {
    return keyed(
        kind,
        name,
        key -> {
          throw new IllegalStateException("the cache " + name + " has no loader of its own");
        },
        options);
  }

  /**
   * A memory of what is asked and told elsewhere, for a moment. Changes are not told to it.
   *
   * @param name label of its metrics, unique
   * @param moment how far a value may be behind
   * @param longest for which a value is remembered whose changes are followed
   * @param newer whether the first of two values of a key is newer than the second
   * @param aging told of a key that is asked for in the last fifth of its time
   */
  public <K, V> Recent<K, V> recent(
      String name,
      int maxEntries,
      Duration moment,
      Duration longest,
      BiPredicate<? super V, ? super V> newer,
      Consumer<? super K> aging) {
    Recent<K, V> recent = new Recent<>(maxEntries, moment, longest, newer, aging, time);
    measure(name, recent);
    return recent;
  }

  /**
   * A memory of what this node has made itself. Changes are not told to it.
   *
   * @param name label of its metrics, unique
   */
  public <K, V> Latest<K, V> latest(String name, int maxEntries) {
    Latest<K, V> latest = new Latest<>(maxEntries);
    measure(name, latest);
    return latest;
  }

  /**
   * A cache of keys of which most may have no value.
   *
   * @param name label of the metrics of the values; those of the absences have {@code -absent} too
   * @param strangers lets the loader be asked for a key of which no value is held, e.g. only a few
   *     at a time; what is held is loaded anew past it
   * @param options of the values, and of the absences once more
   */
  public <V> SparseCache<V> sparse(
      CacheKind kind,
      String name,
      Function<String, Optional<V>> loader,
      SparseCache.Strangers<V> strangers,
      CacheOptions<Optional<V>> options) {
    // In this order: what is told of a change last asks what was told first.
    Cache<Optional<V>> values = keyed(kind, name, loader, options.keeping(Optional::isPresent));
    Cache<Optional<V>> absences =
        keyed(
            kind,
            name + "-absent",
            key -> strangers.ask(() -> values.get(key)),
            options.keeping(Optional::isEmpty));
    return new SparseCache<>(values, absences);
  }

  /**
   * A cache of one value that stands for all of a kind. The background begins with {@link #start},
   * or when its owner starts it, see {@link SnapshotOptions#ownStart}.
   *
   * @param name label of its metrics, unique
   * @param initial what is answered before the first load
   */
  public <V> Snapshot<V> whole(
      CacheKind kind,
      String name,
      V initial,
      Supplier<? extends V> loader,
      SnapshotOptions<V> options) {
    Snapshot<V> snapshot = new Snapshot<>(name, initial, loader, options, time);
    measure(name, snapshot);
    wholes.get(kind).add(snapshot);
    return snapshot;
  }

  /**
   * Tells this node's caches. When it returns, nobody is answered from before the change; only a
   * {@link Snapshot} does so until it has loaded what another node changed.
   */
  public void invalidated(Change change, ChangeSource source) {
    meters
        .counter(
            "platform.cache.invalidations", "kind", change.kind().code(), "source", source.label())
        .increment();
    keyed.get(change.kind()).forEach(cache -> cache.invalidate(change, source));
    wholes.get(change.kind()).forEach(snapshot -> snapshot.invalidate(change, source));
  }

  /** A hint of another node; one that this node does not understand is ignored. */
  public void hinted(Invalidation hint) {
    CacheKind.of(hint.kind())
        .ifPresent(kind -> invalidated(new Change(kind, hint.key()), ChangeSource.REDIS));
  }

  /** Everything may have changed. */
  void allInvalidated(ChangeSource source) {
    for (CacheKind kind : CacheKind.values()) {
      invalidated(new Change(kind, Change.ALL), source);
    }
  }

  @Override
  public void start() {
    wholes.values().stream()
        .flatMap(List::stream)
        .filter(snapshot -> !snapshot.startedByOwner())
        .forEach(Snapshot::start);
  }

  @Override
  public void stop() {
    wholes.values().forEach(snapshots -> snapshots.forEach(Snapshot::stop));
  }

  private synchronized void measure(String name, Holder holder) {
    if (!names.add(name)) {
      throw new IllegalArgumentException("two caches named " + name);
    }
    count("platform.cache.gets", name, "hit", holder, Holder::hits);
    count("platform.cache.gets", name, "miss", holder, Holder::misses);
    count("platform.cache.gets", name, "stale", holder, Holder::stale);
    Gauge.builder("platform.cache.size", holder, Holder::size)
        .tag("cache", name)
        .description("Values held")
        .register(meters);
    Gauge.builder("platform.cache.age", holder, Holder::ageSeconds)
        .tag("cache", name)
        .baseUnit("seconds")
        .description("Age of the oldest value held")
        .register(meters);
  }

  private void count(
      String meter, String name, String result, Holder holder, ToDoubleFunction<Holder> counted) {
    FunctionCounter.builder(meter, holder, counted)
        .tag("cache", name)
        .tag("result", result)
        .description("Questions by how they were answered")
        .register(meters);
  }
}
