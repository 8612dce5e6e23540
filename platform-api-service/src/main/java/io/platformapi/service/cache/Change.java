package io.platformapi.service.cache;

/**
 * Something cached has changed.
 *
 * @param key of the cache; {@code *} stands for all keys of the kind, {@code acme/*} for all that
 *     begin with {@code acme/}
 */
public record Change(CacheKind kind, String key) {
  /** All keys of a kind. */
  public static final String ALL = "*";

  private static final String BELOW = "/*";

  /** Whether it stands for more than one key. */
  boolean wide() {
    return key.equals(ALL) || key.endsWith(BELOW);
  }

  /** Whether a key of the kind is meant. */
  boolean covers(String other) {
    return key.equals(ALL)
        || key.equals(other)
        || key.endsWith(BELOW) && other.startsWith(key.substring(0, key.length() - 1));
  }
}
