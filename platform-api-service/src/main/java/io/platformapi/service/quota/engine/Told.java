package io.platformapi.service.quota.engine;

import java.time.Instant;

/**
 * What others have been told about a balance.
 *
 * @param threshold the highest one, or 0
 * @param exceeded whether that the limit is reached
 * @param at when the last of it, or null for never
 */
public record Told(int threshold, boolean exceeded, Instant at) {
  public static final Told NOTHING = new Told(0, false, null);
}
