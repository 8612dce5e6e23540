package io.platformapi.service.quota;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** The platform's defaults as a caller wants them, and as they are kept; unchecked. */
public record NewDefaults(List<Plan> plans) {

  /**
   * What the tenants of a plan get.
   *
   * @param name as tenants name their plan
   * @param description for people, empty when absent
   * @param quotas none when absent
   */
  public record Plan(String name, String description, List<Item> quotas) {}

  /** One limit of a plan; like {@link NewQuotas.Item}. */
  public record Item(
      String dimension,
      JsonNode scope,
      JsonNode window,
      JsonNode limit,
      String mode,
      List<Integer> thresholds,
      Integer priority,
      String description,
      Bounds bounds) {

    NewQuotas.Item quota() {
      return new NewQuotas.Item(
          null, dimension, scope, window, limit, mode, thresholds, priority, description);
    }
  }

  /**
   * How far a tenant may go.
   *
   * @param maxLimit the limit itself when absent: it may be lowered only
   * @param loosestMode the mode itself when absent
   */
  public record Bounds(JsonNode maxLimit, String loosestMode) {}
}
