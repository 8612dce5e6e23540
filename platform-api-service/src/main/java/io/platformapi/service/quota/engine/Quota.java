package io.platformapi.service.quota.engine;

import java.util.List;
import java.util.UUID;

/**
 * One limit of a tenant.
 *
 * @param limit whole number; of cost in nano-units
 * @param thresholds percents of the limit at which it is told, ascending
 * @param priority of several quotas that refuse, the one with the lowest is named
 * @param description for people, may be empty
 */
public record Quota(
    UUID id,
    QuotaDimension dimension,
    QuotaSelector selector,
    QuotaWindow window,
    long limit,
    QuotaMode mode,
    List<Integer> thresholds,
    int priority,
    String description) {

  public Quota {
    thresholds = List.copyOf(thresholds);
  }

  /** What tells it from the others of its tenant. */
  public record NaturalKey(QuotaDimension dimension, QuotaSelector selector, QuotaWindow window) {}

  public NaturalKey naturalKey() {
    return new NaturalKey(dimension, selector, window);
  }

  public Quota withId(UUID other) {
    return new Quota(
        other, dimension, selector, window, limit, mode, thresholds, priority, description);
  }

  /** The limit with what is granted on top of it; the largest number when that does not fit. */
  public long limitWith(long granted) {
    return GrantShare.add(limit, granted);
  }

  /** Whether a balance is its own, and not one of what was drawn from its grants. */
  public boolean owns(BalanceKey key) {
    return id.equals(key.quotaId());
  }

  /** Whether what was told of another state of it may have to be told again. */
  public boolean tellsOtherwise(Quota other) {
    return limit != other.limit || !thresholds.equals(other.thresholds);
  }

  /** The least that is not below a percent of the limit. */
  long percent(int percent) {
    // In two steps: the product of both may not fit.
    return limit / 100 * percent + (limit % 100 * percent + 99) / 100;
  }
}
