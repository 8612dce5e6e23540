package io.platformapi.service.quota;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * The whole set of a tenant's limits as a caller wants it.
 *
 * @param failMode {@code closed} when absent
 */
public record NewQuotas(String failMode, List<Item> items) {

  /**
   * One limit, unchecked. An {@code origin}, as it is read, says nothing.
   *
   * @param id ignored: a set may be sent back as it was read, and its other fields name the limit
   * @param scope the tenant when absent; see {@link ScopeRules}
   * @param window see {@link WindowRules}
   * @param limit a whole number, or {@code {amount, currency}} for cost
   * @param mode {@code enforce} when absent
   * @param thresholds none when absent
   * @param priority {@value QuotaRules#DEFAULT_PRIORITY} when absent
   * @param description empty when absent
   */
  @JsonIgnoreProperties("origin")
  public record Item(
      String id,
      String dimension,
      JsonNode scope,
      JsonNode window,
      JsonNode limit,
      String mode,
      List<Integer> thresholds,
      Integer priority,
      String description) {}
}
