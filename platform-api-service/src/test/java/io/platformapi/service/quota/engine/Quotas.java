package io.platformapi.service.quota.engine;

import io.platformapi.service.usage.LedgerScope;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Makes quotas for tests. */
public final class Quotas {
  private static final int PRIORITY = 100;

  private Quotas() {}

  /** For each day. */
  public static Quota of(QuotaDimension dimension, Map<LedgerScope, String> scope, long limit) {
    return quota(
        dimension,
        QuotaSelector.of(scope),
        QuotaWindow.of(WindowKind.DAY),
        limit,
        QuotaMode.ENFORCE);
  }

  /** Of the whole tenant. */
  public static Quota of(QuotaDimension dimension, QuotaWindow window, long limit) {
    return quota(dimension, QuotaSelector.TENANT, window, limit, QuotaMode.ENFORCE);
  }

  public static Quota quota(
      QuotaDimension dimension,
      QuotaSelector selector,
      QuotaWindow window,
      long limit,
      QuotaMode mode) {
    return new Quota(
        UUID.randomUUID(), dimension, selector, window, limit, mode, List.of(), PRIORITY, "");
  }

  public static Quota with(Quota quota, int priority, Integer... thresholds) {
    return new Quota(
        quota.id(),
        quota.dimension(),
        quota.selector(),
        quota.window(),
        quota.limit(),
        quota.mode(),
        List.of(thresholds),
        priority,
        "");
  }
}
