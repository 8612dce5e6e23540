package io.platformapi.service.policy;

import io.micrometer.core.instrument.MeterRegistry;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.auth.ResourceView;
import io.platformapi.service.auth.Rights;
import io.platformapi.service.auth.RowColumns;
import io.platformapi.service.auth.RowFilter;
import io.platformapi.service.auth.Ruling;
import io.platformapi.service.policy.condition.AttributeType;
import io.platformapi.service.policy.engine.AccessDecision;
import io.platformapi.service.policy.engine.AccessEnvironment;
import io.platformapi.service.policy.engine.AccessRequest;
import io.platformapi.service.policy.engine.AccessResource;
import io.platformapi.service.policy.engine.AccessSubject;
import io.platformapi.service.policy.engine.DecidedBy;
import io.platformapi.service.policy.engine.EvaluationError;
import io.platformapi.service.policy.engine.FilterTooLargeException;
import io.platformapi.service.policy.engine.Layer;
import io.platformapi.service.policy.engine.PolicySnapshot;
import io.platformapi.service.policy.engine.ResourceFilter;
import io.platformapi.service.policy.engine.SqlCondition;
import io.platformapi.service.problem.ForbiddenException;
import java.util.Map;

/** What one state of the policy says of one caller. */
final class CallerRights implements Rights {
  private static final String READ = "read";

  private final PolicySnapshot snapshot;
  private final Vocabulary vocabulary;
  private final AccessSubject subject;
  private final Permission permission;
  private final AccessEnvironment environment;
  private final MeterRegistry meters;
  private ResourceFilter filter;

  /**
   * @param vocabulary of the snapshot's rules
   */
  CallerRights(
      PolicySnapshot snapshot,
      Vocabulary vocabulary,
      AccessSubject subject,
      Permission permission,
      AccessEnvironment environment,
      MeterRegistry meters) {
    this.snapshot = snapshot;
    this.vocabulary = vocabulary;
    this.subject = subject;
    this.permission = permission;
    this.environment = environment;
    this.meters = meters;
  }

  @Override
  public Ruling atAll() {
    if (PlatformTypes.attributes(permission.resourceType()).isEmpty()) {
      return on(ResourceView.ALL);
    }
    return filter().kind() == ResourceFilter.Kind.NOTHING
        ? ruling(filter().denial())
        : Ruling.ALLOWED;
  }

  @Override
  public Ruling on(ResourceView resource) {
    return ruling(decide(permission, permission.action(), resource));
  }

  @Override
  public boolean sees(ResourceView resource) {
    return decide(permission, READ, resource).allowed();
  }

  @Override
  public boolean allows(Permission other, ResourceView resource) {
    return decide(other, other.action(), resource).allowed();
  }

  @Override
  public RowFilter rows(RowColumns columns) {
    try {
      SqlCondition condition = filter().sql(JsonColumns.all(columns, declared()));
      return new RowFilter(condition.text(), condition.binds());
    } catch (FilterTooLargeException e) {
      throw new ForbiddenException("the policy has too many rules about single ones to list them");
    }
  }

  private Map<String, AttributeType> declared() {
    return vocabulary.resourceAttributes(permission.resourceType());
  }

  private ResourceFilter filter() {
    if (filter == null) {
      filter =
          snapshot.filter(
              subject,
              permission.action(),
              permission.resourceType(),
              tenantOf(permission),
              environment);
    }
    return filter;
  }

  private AccessDecision decide(Permission of, String action, ResourceView resource) {
    return snapshot.decide(
        new AccessRequest(
            subject,
            action,
            new AccessResource(
                of.resourceType(), resource.id(), tenantOf(of), resource.attributes()),
            environment));
  }

  /** Of the resources, or null when they are the platform's. */
  private String tenantOf(Permission of) {
    return of.tenantScoped() ? subject.tenant() : null;
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
