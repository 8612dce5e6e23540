package io.platformapi.service.quota.reservation;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether it is worth trying to hold a tenant's next group at once. After a failure the next one is
 * not tried, after two in a row the next three, then seven, and so on: a tenant that is at its
 * limit pays little for attempts.
 */
public class Chances {
  private static final int MOST_FAILURES = 6;

  private final Map<String, Chance> chances = new ConcurrentHashMap<>();

  private record Chance(int failures, int passed) {}

  /** Asked once for each group. */
  public boolean worthTrying(String tenantId) {
    Chance chance =
        chances.computeIfPresent(
            tenantId, (id, known) -> new Chance(known.failures, known.passed - 1));
    return chance == null || chance.passed < 0;
  }

  public void failed(String tenantId) {
    chances.compute(
        tenantId,
        (id, known) -> {
          int failures = known == null ? 1 : Math.min(MOST_FAILURES, known.failures + 1);
          return new Chance(failures, (1 << failures) - 1);
        });
  }

  public void succeeded(String tenantId) {
    chances.remove(tenantId);
  }
}
