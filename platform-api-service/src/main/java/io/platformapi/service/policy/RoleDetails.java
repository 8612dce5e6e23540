package io.platformapi.service.policy;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;
import java.util.List;

/**
 * A role as it is shown.
 *
 * @param parents in order of name
 * @param builtIn whether the platform's rules speak of it: such a role stays as it is
 * @param version the tenant's policy version of its last change; never given twice
 */
public record RoleDetails(
    String name,
    String description,
    List<String> parents,
    boolean builtIn,
    long version,
    Instant createdAt,
    Instant updatedAt) {

  public RoleDetails {
    parents = List.copyOf(parents);
  }

  /** Whether both say the same, whenever it was said. */
  @JsonIgnore
  boolean saysTheSameAs(RoleDetails other) {
    return description.equals(other.description) && parents.equals(other.parents);
  }
}
