package io.platformapi.service.policy;

import io.platformapi.service.policy.engine.PolicySet;
import io.platformapi.service.policy.engine.PolicySnapshot;
import io.platformapi.service.policy.engine.RoleInheritance;
import io.platformapi.service.policy.engine.Rule;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All that decisions about one tenant's resources are made by. Immutable. */
final class TenantPolicy {
  private final String tenantId;
  private final Vocabulary vocabulary;
  private final PolicySet platform;
  private final PolicySet own;
  private final Map<SubjectRef, Set<String>> assignments;
  private final PolicySnapshot snapshot;

  TenantPolicy(
      String tenantId,
      Vocabulary vocabulary,
      PolicySet platform,
      PolicySet own,
      Map<SubjectRef, Set<String>> assignments) {
    this.tenantId = tenantId;
    this.vocabulary = vocabulary;
    this.platform = platform;
    this.own = own;
    this.assignments = assignments;
    this.snapshot = compiled(own);
  }

  PolicySnapshot snapshot() {
    return snapshot;
  }

  Vocabulary vocabulary() {
    return vocabulary;
  }

  String tenantId() {
    return tenantId;
  }

  /** Roles assigned to a subject that is no user. */
  Set<String> rolesOf(SubjectRef subject) {
    return assignments.getOrDefault(subject, Set.of());
  }

  /** The same tenant with other rules, not in force anywhere. */
  PolicySnapshot draft(List<Rule> rules) {
    return compiled(new PolicySet(own.version(), rules, own.roles()));
  }

  List<RoleInheritance> roles() {
    return own.roles();
  }

  private PolicySnapshot compiled(PolicySet policy) {
    return PolicySnapshot.of(
        vocabulary::attributesOf, PlatformTypes.LIMITS, platform, tenantId, policy);
  }
}
