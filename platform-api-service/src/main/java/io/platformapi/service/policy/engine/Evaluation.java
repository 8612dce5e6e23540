package io.platformapi.service.policy.engine;

import io.platformapi.service.policy.condition.Attribute;
import io.platformapi.service.policy.condition.Facts;
import io.platformapi.service.policy.condition.Truth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One request on its way through the rules. */
final class Evaluation implements Facts {
  /** Of the conditions that one decision evaluates at most, so that its time is bounded. */
  static final int MAX_COST = 200_000;

  private final AccessSubject subject;
  private final AccessResource resource;
  private final AccessEnvironment environment;
  private CompiledRule current;
  private CompiledRule winner;
  private Truth winnerTruth;
  private List<EvaluationError> errors = List.of();
  private int cost;

  Evaluation(AccessRequest request) {
    this(request.subject(), request.resource(), request.environment());
  }

  Evaluation(AccessSubject subject, AccessResource resource, AccessEnvironment environment) {
    this.subject = subject;
    this.resource = resource;
    this.environment = environment;
  }

  /** Whether a rule counts; remembers it as the winner when it stands before the one so far. */
  boolean counts(CompiledRule rule) {
    begin(rule);
    Truth truth = affordable(rule) ? rule.condition().evaluate(this) : Truth.UNKNOWN;
    if (!rule.counts(truth)) {
      return false;
    }
    winner = rule;
    winnerTruth = truth;
    return true;
  }

  /** Errors from here on are this rule's, and its own is the first. */
  void begin(CompiledRule rule) {
    enter(rule);
    if (rule.broken()) {
      report(null, "the rule cannot be read");
    }
  }

  /** Whether there is time left for a rule; what is not evaluated is not known. */
  private boolean affordable(CompiledRule rule) {
    boolean before = cost <= MAX_COST;
    cost += rule.condition().cost();
    if (cost <= MAX_COST) {
      return true;
    }
    if (before) {
      report(null, "there is too much to evaluate");
    }
    return false;
  }

  /** Errors from here on are this rule's. */
  void enter(CompiledRule rule) {
    current = rule;
  }

  /** Place of the winner so far: only rules before it are of interest. */
  int before() {
    return winner == null ? Integer.MAX_VALUE : winner.order();
  }

  CompiledRule winner() {
    return winner;
  }

  Truth winnerTruth() {
    return winnerTruth;
  }

  List<EvaluationError> errors() {
    return errors;
  }

  @Override
  public Object value(Attribute attribute) {
    if (attribute.builtIn() == null) {
      return attributes(attribute).get(attribute.name());
    }
    return switch (attribute.builtIn()) {
      case SUBJECT_ID -> subject.id();
      case SUBJECT_TYPE -> subject.type() == null ? null : subject.type().text();
      case SUBJECT_TENANT -> subject.tenant();
      case SUBJECT_ROLES -> subject.roles();
      case SUBJECT_SCOPES -> subject.scopes();
      case RESOURCE_TYPE -> resource.type();
      case RESOURCE_ID -> resource.id();
      case RESOURCE_TENANT -> resource.tenant();
      case ENVIRONMENT_TIME -> environment.time();
      case ENVIRONMENT_IP -> environment.ip();
      case ENVIRONMENT_REQUEST_ID -> environment.requestId();
      case ENVIRONMENT_CREDENTIAL -> environment.credential();
    };
  }

  private Map<String, Object> attributes(Attribute attribute) {
    return switch (attribute.root()) {
      case SUBJECT -> subject.attributes();
      case RESOURCE -> resource.attributes();
      case ENVIRONMENT -> environment.attributes();
    };
  }

  @Override
  public void unreadable(Attribute attribute, String message) {
    report(attribute.path(), message);
  }

  private void report(String attribute, String message) {
    if (current == null || errors.size() == AccessDecision.MAX_ERRORS) {
      return;
    }
    // One attribute can stand in thousands of rules; a broken rule stands for itself.
    for (EvaluationError error : errors) {
      if (attribute != null && attribute.equals(error.attribute())) {
        return;
      }
    }
    if (errors.isEmpty()) {
      errors = new ArrayList<>();
    }
    errors.add(new EvaluationError(current.layer(), current.rule().id(), attribute, message));
  }
}
