package io.platformapi.service.policy;

import io.platformapi.service.policy.engine.SubjectType;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Who the tenant itself knows: its users. Asked for every decision, so it answers from memory. */
public interface KnownSubjects {
  /**
   * @param id as the asking service names the subject: {@code sub} of its tokens
   */
  Optional<Known> find(String tenantId, SubjectType type, String id);

  /** Whether somebody has the role; called inside a transaction on the tenant's database. */
  boolean anyHas(String tenantId, String role);

  /**
   * What is known of a subject, whatever the asking service says.
   *
   * @param active false for one that is suspended or deleted: nothing is allowed to it
   * @param roles assigned roles, without the inherited ones
   * @param attributes values by name without {@code subject.}; those that the tenant's schema does
   *     not declare are left out of a decision
   */
  record Known(boolean active, Set<String> roles, Map<String, Object> attributes) {}
}
