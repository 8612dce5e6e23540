package io.platformapi.service.policy;

import io.micrometer.core.instrument.MeterRegistry;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.auth.Rights;
import io.platformapi.service.auth.Ruling;
import io.platformapi.service.policy.engine.AccessDecision;
import io.platformapi.service.policy.engine.AccessEnvironment;
import io.platformapi.service.policy.engine.AccessRequest;
import io.platformapi.service.policy.engine.AccessResource;
import io.platformapi.service.policy.engine.AccessSubject;
import io.platformapi.service.policy.engine.DecidedBy;
import io.platformapi.service.policy.engine.EvaluationError;
import io.platformapi.service.policy.engine.Layer;
import io.platformapi.service.policy.engine.PolicySnapshot;
import java.util.Map;

/** What one state of the policy says of one caller. */
final class CallerRights implements Rights {
  private final PolicySnapshot snapshot;
  private final AccessSubject subject;
  private final Permission permission;
  private final String resourceTenant;
  private final AccessEnvironment environment;
  private final MeterRegistry meters;

  /**
   * @param resourceTenant tenant of the resources, or null when they are the platform's
   */
  CallerRights(
      PolicySnapshot snapshot,
      AccessSubject subject,
      Permission permission,
      String resourceTenant,
      AccessEnvironment environment,
      MeterRegistry meters) {
    this.snapshot = snapshot;
    this.subject = subject;
    this.permission = permission;
    this.resourceTenant = resourceTenant;
    this.environment = environment;
    this.meters = meters;
  }

  @Override
  public Ruling atAll() {
    return ruling(
        snapshot.decide(
            new AccessRequest(
                subject,
                permission.action(),
                new AccessResource(permission.resourceType(), null, resourceTenant, Map.of()),
                environment)));
  }

  private Ruling ruling(AccessDecision decision) {
    if (!decision.errors().isEmpty()) {
      meters.counter("policy.evaluation.errors").increment(decision.errors().size());
    }
    if (decision.allowed()) {
      return Ruling.ALLOWED;
    }
    DecidedBy by = decision.decidedBy();
    return new Ruling(
        false,
        decision.reason().text(),
        by == null ? null : name(by.layer(), by.ruleId()),
        by != null && by.layer() == Layer.TENANT,
        CheckAnswer.text(decision.version()),
        decision.errors().stream().map(CallerRights::text).toList());
  }

  private static String text(EvaluationError error) {
    String rule = name(error.layer(), error.ruleId());
    return error.attribute() == null
        ? rule + ": " + error.message()
        : rule + ": " + error.attribute() + " " + error.message();
  }

  private static String name(Layer layer, String rule) {
    return layer.text() + ":" + rule;
  }
}
