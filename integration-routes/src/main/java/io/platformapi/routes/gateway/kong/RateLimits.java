package io.platformapi.routes.gateway.kong;

/** Requests that Kong lets through in each unit of time; null is any number. */
public record RateLimits(Long second, Long minute, Long hour, Long day, Long month, Long year) {
  /** No limit at all. */
  public static final RateLimits NONE = new RateLimits(null, null, null, null, null, null);

  public RateLimits {
    for (Long limit : new Long[] {second, minute, hour, day, month, year}) {
      // The plugin takes no zero: whoever may send nothing is refused in another way.
      if (limit != null && limit < 1) {
        throw new IllegalArgumentException("a rate below one");
      }
    }
  }

  public boolean isNone() {
    return equals(NONE);
  }
}
