package io.platformapi.service.quota;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** The whole set of a tenant's limits as a caller wants it. */
public record NewQuotas(List<Item> items) {

  /**
   * One limit, unchecked.
   *
   * @param id ignored: a set may be sent back as it was read, and its other fields name the limit
   * @param scope the tenant when absent
   * @param mode {@code enforce} when absent
   * @param limit a whole number, or {@code {amount, currency}} for cost
   */
  public record Item(
      String id, String dimension, QuotaScope scope, String window, JsonNode limit, String mode) {}
}
