package io.platformapi.service.policy.engine;

import io.platformapi.service.policy.condition.AttributeSchema;
import java.util.List;
import java.util.Map;

/**
 * All policy that counts for one tenant's resources, compiled. Immutable and safe for any number of
 * threads; a change of policy is a new snapshot.
 */
public final class PolicySnapshot {

  private PolicySnapshot() {}

  /**
   * Compiles the rules. A stored rule that can no longer be read (its attribute was removed, say)
   * does not fail the snapshot: it allows nothing, and as a deny rule denies; see {@link
   * #problems}.
   *
   * @param schema attributes of the platform and of the tenant
   * @param limits what the tenant's policy has no say in; its links to such roles are left out
   * @param platform the platform's policy
   * @param tenant id of the tenant, or null for a snapshot of the platform alone
   * @param tenantPolicy the tenant's policy, {@link PolicySet#EMPTY} when there is none
   */
  public static PolicySnapshot of(
      AttributeSchema schema,
      TenantLimits limits,
      PolicySet platform,
      String tenant,
      PolicySet tenantPolicy) {
    throw new UnsupportedOperationException();
  }

  /** Allows when an allow rule is true and every deny rule is false. Never throws. */
  public AccessDecision decide(AccessRequest request) {
    throw new UnsupportedOperationException();
  }

  /** The same decision with the outcome of every rule considered; slower. */
  public Explanation explain(AccessRequest request) {
    throw new UnsupportedOperationException();
  }

  /**
   * Which resources of a type the subject may act on.
   *
   * @param resourceType type of the resources listed
   * @param resourceTenant tenant of all of them, or null when they are the platform's
   */
  public ResourceFilter filter(
      AccessSubject subject,
      String action,
      String resourceType,
      String resourceTenant,
      AccessEnvironment environment) {
    throw new UnsupportedOperationException();
  }

  /** The policy that it was made of. */
  public PolicyVersion version() {
    throw new UnsupportedOperationException();
  }

  /** What is wrong with stored rules, by rule; empty when all are good. */
  public Map<DecidedBy, List<RuleProblem>> problems() {
    throw new UnsupportedOperationException();
  }
}
