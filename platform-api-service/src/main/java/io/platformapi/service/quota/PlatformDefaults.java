package io.platformapi.service.quota;

import java.util.List;

/** What the platform gives its tenants that say nothing else, on the wire. */
public record PlatformDefaults(List<Plan> plans) {

  /** What the tenants of a plan get. */
  public record Plan(String name, String description, List<Item> quotas) {}

  /**
   * One limit of a plan; like {@link QuotaDefinition}.
   *
   * @param limit a whole number, or money for cost: it holds for tenants of that currency
   */
  public record Item(
      String dimension,
      Object scope,
      Object window,
      Object limit,
      String mode,
      List<Integer> thresholds,
      int priority,
      String description,
      Bounds bounds) {}

  /**
   * How far a tenant may go.
   *
   * @param maxLimit highest limit
   * @param loosestMode {@code enforce}, {@code warn} or {@code off}
   */
  public record Bounds(Object maxLimit, String loosestMode) {}

  static PlatformDefaults of(List<DefinedPlan> plans) {
    return new PlatformDefaults(
        plans.stream()
            .map(
                plan ->
                    new Plan(
                        plan.name(),
                        plan.description(),
                        plan.quotas().stream().map(PlatformDefaults::item).toList()))
            .toList());
  }

  private static Item item(PlanQuota planned) {
    QuotaDefinition quota =
        QuotaDefinition.of(planned.quota(), QuotaOrigin.PLAN, planned.currency());
    return new Item(
        quota.dimension(),
        quota.scope(),
        quota.window(),
        quota.limit(),
        quota.mode(),
        quota.thresholds(),
        quota.priority(),
        quota.description(),
        new Bounds(
            QuotaDefinition.amount(
                planned.quota().dimension(), planned.maxLimit(), planned.currency()),
            planned.loosestMode().wire()));
  }
}
