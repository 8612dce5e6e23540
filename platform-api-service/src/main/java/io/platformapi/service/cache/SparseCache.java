package io.platformapi.service.cache;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * Values by key where most of the keys that are asked for may have none. Absences are kept apart,
 * so that somebody who makes keys up drives no value out.
 */
public final class SparseCache<V> {
  private final Cache<Optional<V>> values;
  private final Cache<Optional<V>> absences;

  /**
   * @param values keeps what is there; a change is told to it first
   * @param absences keeps what is not there, and asks the other
   */
  SparseCache(Cache<Optional<V>> values, Cache<Optional<V>> absences) {
    this.values = values;
    this.absences = absences;
  }

  /**
   * The value of a key, or empty when it has none.
   *
   * @throws RuntimeException what the loader throws
   */
  public Optional<V> get(String key) {
    return values.holds(key) ? values.get(key) : absences.get(key);
  }

  /** How keys are asked for of which no value is held. */
  @FunctionalInterface
  public interface Strangers<V> {
    /**
     * @param question asks for one key; to be asked in this thread
     */
    Optional<V> ask(Supplier<Optional<V>> question);
  }
}
