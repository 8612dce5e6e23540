package io.platformapi.service.cache;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The last values that this node has made itself, each of which is asked for once at most: it is
 * handed out and forgotten, and of those that nobody asks for the oldest go first. A cache that
 * keeps what is asked for often would keep the oldest, and forget what was made last.
 */
public final class Latest<K, V> implements Holder {
  private final Map<K, V> values;
  private final Gets gets = new Gets();

  Latest(int maxEntries) {
    this.values =
        new LinkedHashMap<>() {
          @Override
          protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > maxEntries;
          }
        };
  }

  /** Remembers a value; the key must not have had another one. */
  public void add(K key, V value) {
    synchronized (values) {
      values.put(key, value);
    }
  }

  /** The value of a key, which is forgotten then, or null when none is remembered. */
  public V take(K key) {
    V value;
    synchronized (values) {
      value = values.remove(key);
    }
    (value == null ? gets.misses : gets.hits).increment();
    return value;
  }

  /** Forgets nothing: a value is what was made, whatever becomes of it. */
  @Override
  public void invalidate(Change change, ChangeSource source) {
    // Nothing of it can change.
  }

  @Override
  public long size() {
    synchronized (values) {
      return values.size();
    }
  }

  /** None is ever behind. */
  @Override
  public double ageSeconds() {
    return 0;
  }

  @Override
  public Gets gets() {
    return gets;
  }
}
