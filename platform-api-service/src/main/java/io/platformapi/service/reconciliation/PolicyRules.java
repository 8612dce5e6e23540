package io.platformapi.service.reconciliation;

import io.platformapi.service.http.Money;
import io.platformapi.service.problem.FieldProblem;
import io.platformapi.service.problem.ValidationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checks a policy that somebody writes, and names every broken rule. */
final class PolicyRules {
  private static final int MAX_PPM = 1_000_000;
  private static final long MAX_SETTLE_SECONDS = Duration.ofDays(30).toSeconds();

  private final List<FieldProblem> problems = new ArrayList<>();

  private PolicyRules() {}

  /**
   * @param version that the policy gets
   * @throws ValidationException when it is not valid
   */
  static ReconciliationPolicy check(NewReconciliationPolicy given, String currency, long version) {
    NewReconciliationPolicy wanted =
        given == null ? new NewReconciliationPolicy(null, null, null, null, null) : given;
    PolicyRules rules = new PolicyRules();
    ReconciliationPolicy usual = ReconciliationPolicy.USUAL;
    NewReconciliationPolicy.Tolerance tolerance =
        wanted.tolerance() == null
            ? new NewReconciliationPolicy.Tolerance(null, null)
            : wanted.tolerance();
    ReconciliationPolicy policy =
        new ReconciliationPolicy(
            wanted.enabled() == null ? usual.enabled() : wanted.enabled(),
            rules.nanos(tolerance.cost(), currency),
            rules.ppm(tolerance.ppm()),
            rules.settleAfter(wanted.settleAfterSeconds()),
            wanted.pushLimits() == null ? usual.pushLimits() : wanted.pushLimits(),
            rules.actions(wanted.actions()),
            version);
    if (!rules.problems.isEmpty()) {
      throw new ValidationException(rules.problems);
    }
    return policy;
  }

  private long nanos(Money cost, String currency) {
    if (cost == null) {
      return ReconciliationPolicy.USUAL.toleranceNanos();
    }
    try {
      long nanos = cost.toNanos("tolerance.cost");
      if (nanos < 0) {
        problem("tolerance.cost.amount", "must not be below zero");
      }
      if (!cost.currency().equals(currency)) {
        problem("tolerance.cost.currency", "must be that of the tenant, " + currency);
      }
      return nanos;
    } catch (ValidationException e) {
      problems.addAll(e.fields());
      return 0;
    }
  }

  private int ppm(Integer ppm) {
    if (ppm == null) {
      return ReconciliationPolicy.USUAL.tolerancePpm();
    }
    if (ppm < 0 || ppm > MAX_PPM) {
      problem("tolerance.ppm", "must be 0 to " + MAX_PPM);
    }
    return ppm;
  }

  private Duration settleAfter(Long seconds) {
    if (seconds == null) {
      return ReconciliationPolicy.USUAL.settleAfter();
    }
    if (seconds < 0 || seconds > MAX_SETTLE_SECONDS) {
      problem("settleAfterSeconds", "must be 0 to " + MAX_SETTLE_SECONDS);
      return Duration.ZERO;
    }
    return Duration.ofSeconds(seconds);
  }

  private Map<DifferenceClass, PolicyAction> actions(Map<String, String> given) {
    Map<DifferenceClass, PolicyAction> actions = new EnumMap<>(DifferenceClass.class);
    if (given == null) {
      return actions;
    }
    given.forEach(
        (name, text) -> {
          Optional<DifferenceClass> difference = DifferenceClass.NAMES.parse(name);
          Optional<PolicyAction> action = PolicyAction.NAMES.parse(text);
          if (difference.isEmpty()) {
            problem("actions", "may name " + DifferenceClass.NAMES.list());
          } else if (action.isEmpty()) {
            problem("actions." + name, "must be one of " + PolicyAction.NAMES.list());
          } else if (action.get() != difference.get().usual()) {
            actions.put(difference.get(), action.get());
          }
        });
    return actions;
  }

  private void problem(String field, String message) {
    problems.add(new FieldProblem(field, message));
  }
}
