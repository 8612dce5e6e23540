package io.platformapi.service.policy.engine;

import java.util.List;

/**
 * The answer to one request.
 *
 * @param allowed whether it may go on
 * @param decidedBy the first rule in order, the platform's before the tenant's, that decided; null
 *     when no rule allows
 * @param reason why
 * @param errors attributes that could not be read, at most {@value #MAX_ERRORS}; they never allow
 *     anything
 * @param version policy it was decided by
 */
public record AccessDecision(
    boolean allowed,
    DecidedBy decidedBy,
    DecisionReason reason,
    List<EvaluationError> errors,
    PolicyVersion version) {
  static final int MAX_ERRORS = 16;

  public AccessDecision {
    errors = List.copyOf(errors);
  }

  AccessDecision with(List<EvaluationError> found) {
    return new AccessDecision(allowed, decidedBy, reason, found, version);
  }
}
