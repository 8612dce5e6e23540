package io.platformapi.service.policy;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;
import java.util.List;

/**
 * A policy as it is shown.
 *
 * @param version the tenant's policy version of its last change; never given twice
 */
public record PolicyDetails(
    String id,
    String description,
    boolean enabled,
    List<RuleDefinition> rules,
    long version,
    Instant createdAt,
    Instant updatedAt) {

  public PolicyDetails {
    rules = List.copyOf(rules);
  }

  /** Whether both say the same, whenever it was said. */
  @JsonIgnore
  boolean saysTheSameAs(PolicyDetails other) {
    return description.equals(other.description)
        && enabled == other.enabled
        && rules.equals(other.rules);
  }
}
