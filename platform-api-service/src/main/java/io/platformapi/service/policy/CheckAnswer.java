package io.platformapi.service.policy;

import io.platformapi.service.policy.engine.AccessDecision;
import io.platformapi.service.policy.engine.EvaluationError;
import io.platformapi.service.policy.engine.PolicyVersion;
import java.util.List;

/**
 * The answer to a question.
 *
 * @param decidedBy the rule that decided, or null when none allows
 * @param reason {@code allowed_by_rule}, {@code denied_by_rule}, {@code denied_by_uncertain_rule},
 *     {@code no_rule_allows} or {@code subject_not_active}
 * @param errors attributes that could not be read, without their values
 * @param policyVersion the platform's version and the tenant's, such as {@code 4-17}
 */
public record CheckAnswer(
    boolean allowed, RuleRef decidedBy, String reason, List<Error> errors, String policyVersion) {

  static final String NOT_ACTIVE = "subject_not_active";

  static CheckAnswer of(AccessDecision decision) {
    return new CheckAnswer(
        decision.allowed(),
        RuleRef.of(decision.decidedBy()),
        decision.reason().text(),
        decision.errors().stream().map(Error::of).toList(),
        text(decision.version()));
  }

  static CheckAnswer notActive(PolicyVersion version) {
    return new CheckAnswer(false, null, NOT_ACTIVE, List.of(), text(version));
  }

  static String text(PolicyVersion version) {
    return version.platform() + "-" + version.tenant();
  }

  /**
   * An attribute that could not be read.
   *
   * @param attribute its path, or null when the rule itself cannot be read
   */
  public record Error(RuleRef rule, String attribute, String message) {
    static Error of(EvaluationError error) {
      return new Error(
          new RuleRef(error.layer().text(), error.ruleId()), error.attribute(), error.message());
    }
  }
}
