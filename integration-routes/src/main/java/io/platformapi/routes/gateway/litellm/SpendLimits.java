package io.platformapi.routes.gateway.litellm;

import java.time.Duration;

/**
 * How the spend log is read.
 *
 * @param pageSize rows of a page, at most 1000 (LiteLLM refuses more)
 * @param firstWindow length of the first window; later ones grow while there is little in them and
 *     shrink while there is too much
 * @param longestWindow the longest that a window gets
 * @param overlap how far a window reaches back into the one before
 * @param timeout how long one page may take
 * @param maxResponseBytes largest page that is read; above it fewer rows are asked for
 */
public record SpendLimits(
    int pageSize,
    Duration firstWindow,
    Duration longestWindow,
    Duration overlap,
    Duration timeout,
    int maxResponseBytes) {
  /** 1000 rows weigh 3 to 4 MB as recorded; long metadata can make them several times that. */
  public static final SpendLimits USUAL =
      new SpendLimits(
          1_000,
          Duration.ofMinutes(10),
          Duration.ofHours(6),
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          16 << 20);

  public SpendLimits {
    if (pageSize < 1 || firstWindow.toSeconds() < 1 || longestWindow.compareTo(firstWindow) < 0) {
      throw new IllegalArgumentException("a spend log that cannot be read");
    }
  }
}
