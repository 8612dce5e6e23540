package io.platformapi.service.policy.engine;

import io.platformapi.service.policy.condition.AttributeSchema;
import io.platformapi.service.policy.condition.FailedPart;
import io.platformapi.service.policy.condition.Truth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * All policy that counts for one tenant's resources, compiled. Immutable and safe for any number of
 * threads; a change of policy is a new snapshot.
 */
public final class PolicySnapshot {
  private final CompiledPolicy policy;
  private final RuleIndex platformRules;
  private final RuleIndex tenantRules;
  private final AccessDecision nothingAllows;

  private PolicySnapshot(CompiledPolicy policy) {
    this.policy = policy;
    this.platformRules = new RuleIndex(policy.rules(Layer.PLATFORM), policy.roles());
    this.tenantRules = new RuleIndex(policy.rules(Layer.TENANT), policy.roles());
    this.nothingAllows =
        new AccessDecision(false, null, DecisionReason.NO_RULE_ALLOWS, List.of(), policy.version());
  }

  /**
   * Compiles the rules. A stored rule that can no longer be read (its attribute was removed, say)
   * does not fail the snapshot: it allows nothing, and as a deny rule denies; see {@link
   * #problems}.
   *
   * @param schemas attributes that a rule may read, by its resource type
   * @param limits what the tenant's policy has no say in; its links to such roles are left out
   * @param platform the platform's policy
   * @param tenant id of the tenant, or null for a snapshot of the platform alone
   * @param tenantPolicy the tenant's policy, {@link PolicySet#EMPTY} when there is none
   */
  public static PolicySnapshot of(
      Function<String, AttributeSchema> schemas,
      TenantLimits limits,
      PolicySet platform,
      String tenant,
      PolicySet tenantPolicy) {
    return new PolicySnapshot(CompiledPolicy.of(schemas, limits, platform, tenant, tenantPolicy));
  }

  /** The same when all types have the same attributes. */
  public static PolicySnapshot of(
      AttributeSchema schema,
      TenantLimits limits,
      PolicySet platform,
      String tenant,
      PolicySet tenantPolicy) {
    return of(type -> schema, limits, platform, tenant, tenantPolicy);
  }

  /** Allows when an allow rule is true and every deny rule is false. Never throws. */
  public AccessDecision decide(AccessRequest request) {
    Evaluation evaluation = new Evaluation(request);
    long[] roles = policy.roles().of(request.subject().roles());
    find(Effect.DENY, evaluation, request, roles);
    if (evaluation.winner() == null) {
      find(Effect.ALLOW, evaluation, request, roles);
    }
    AccessDecision decision =
        evaluation.winner() == null
            ? nothingAllows
            : evaluation.winner().decision(evaluation.winnerTruth());
    return evaluation.errors().isEmpty() ? decision : decision.with(evaluation.errors());
  }

  private void find(Effect effect, Evaluation evaluation, AccessRequest request, long[] roles) {
    String type = request.resource().type();
    platformRules.find(effect, evaluation, type, request.action(), roles);
    if (evaluation.winner() == null && policy.tenantRulesCount(request.resource())) {
      tenantRules.find(effect, evaluation, type, request.action(), roles);
    }
  }

  /** The same decision with the outcome of every rule considered; slower. */
  public Explanation explain(AccessRequest request) {
    Evaluation evaluation = new Evaluation(request);
    List<RuleOutcome> outcomes = new ArrayList<>();
    for (CompiledRule rule : considered(request.subject(), request.action(), request.resource())) {
      Truth truth = rule.condition().evaluate(evaluation);
      List<FailedTest> failed =
          rule.condition().failed(evaluation).stream().map(PolicySnapshot::failed).toList();
      outcomes.add(new RuleOutcome(rule.layer(), rule.rule(), truth, rule.counts(truth), failed));
    }
    return new Explanation(decide(request), outcomes);
  }

  private static FailedTest failed(FailedPart part) {
    return new FailedTest(part.test(), part.attribute(), part.result());
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
    AccessResource resource = new AccessResource(resourceType, null, resourceTenant, Map.of());
    Evaluation evaluation = new Evaluation(subject, resource, environment);
    ResourceFilter.Builder filter = new ResourceFilter.Builder(nothingAllows);
    for (CompiledRule rule : considered(subject, action, resource)) {
      evaluation.begin(rule);
      filter.add(rule, rule.condition().partial(evaluation));
    }
    return filter.build(evaluation.errors());
  }

  /** The rules that fit type, action and roles, in their order. */
  private List<CompiledRule> considered(
      AccessSubject subject, String action, AccessResource resource) {
    long[] roles = policy.roles().of(subject.roles());
    List<CompiledRule> rules = platformRules.rules(resource.type(), action, roles);
    if (policy.tenantRulesCount(resource)) {
      rules.addAll(tenantRules.rules(resource.type(), action, roles));
    }
    rules.sort(Comparator.comparingInt(CompiledRule::order));
    return rules;
  }

  /** The policy that it was made of. */
  public PolicyVersion version() {
    return policy.version();
  }

  /** What is wrong with stored rules, by rule; empty when all are good. */
  public Map<DecidedBy, List<RuleProblem>> problems() {
    return policy.problems();
  }
}
