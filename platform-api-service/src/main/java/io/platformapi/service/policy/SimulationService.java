package io.platformapi.service.policy;

import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.ResourceView;
import io.platformapi.service.http.Cursor;
import io.platformapi.service.http.PageRequest;
import io.platformapi.service.policy.engine.AccessDecision;
import io.platformapi.service.policy.engine.PolicySnapshot;
import io.platformapi.service.policy.engine.Rule;
import io.platformapi.service.problem.FieldProblem;
import io.platformapi.service.problem.ValidationException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Asks a draft what was asked before, and tells where it answers otherwise. */
final class SimulationService {
  static final String LIST = "simulation";

  /** Decisions that one request looks at. */
  static final int MAX_EXAMINED = 10_000;

  private static final Instant EARLIEST = Instant.EPOCH;
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  private final PolicyStore store;
  private final PolicySnapshots snapshots;
  private final DecisionSql decisions;
  private final Clock clock;
  private final RoleSql roles = new RoleSql();

  SimulationService(
      PolicyStore store, PolicySnapshots snapshots, DecisionSql decisions, Clock clock) {
    this.store = store;
    this.snapshots = snapshots;
    this.decisions = decisions;
    this.clock = clock;
  }

  /**
   * @param page how many changed decisions, and after which the stretch begins
   * @throws ValidationException that names every broken rule
   */
  SimulationReport simulate(Caller caller, SimulationRequest asked, PageRequest page) {
    caller.access().checkWanted(ResourceView.ALL);
    String tenantId = caller.tenant();
    TenantPolicy policy = snapshots.of(tenantId);
    PolicySnapshot draft = draft(tenantId, policy, asked);
    Instant from = asked.from() == null ? EARLIEST : asked.from();
    Instant to = asked.to() == null ? clock.instant() : asked.to();
    DecisionSql.Position after =
        page.after()
            .map(cursor -> new DecisionSql.Position(cursor.instant(0), cursor.uuid(1)))
            .orElse(null);
    List<RecordedDecision> recorded =
        store.read(
            tenantId, connection -> decisions.read(connection, from, to, after, MAX_EXAMINED + 1));
    return report(recorded, draft, page.limit());
  }

  private SimulationReport report(
      List<RecordedDecision> recorded, PolicySnapshot draft, int limit) {
    List<ChangedDecision> changed = new ArrayList<>();
    int examined = 0;
    int allowed = 0;
    for (RecordedDecision before : recorded) {
      if (changed.size() == limit || examined == MAX_EXAMINED) {
        break;
      }
      examined++;
      AccessDecision now = draft.decide(before.request());
      if (now.allowed() != before.allowed()) {
        allowed += now.allowed() ? 1 : 0;
        changed.add(ChangedDecision.of(before, CheckAnswer.of(now)));
      }
    }
    String next = null;
    if (examined < recorded.size()) {
      RecordedDecision last = recorded.get(examined - 1);
      next = Cursor.of(LIST, last.decidedAt(), last.id()).encode();
    }
    return new SimulationReport(
        examined, examined - changed.size(), allowed, changed.size() - allowed, changed, next);
  }

  private PolicySnapshot draft(String tenantId, TenantPolicy policy, SimulationRequest asked) {
    if (asked == null || asked.policies() == null) {
      throw new ValidationException("policies", "is required");
    }
    if (asked.policies().size() > PolicyService.MAX_POLICIES) {
      throw new ValidationException(
          "policies", "must not have more than " + PolicyService.MAX_POLICIES + " items");
    }
    List<FieldProblem> problems = new ArrayList<>();
    period(problems, "from", asked.from());
    period(problems, "to", asked.to());
    PolicyRules rules = new PolicyRules(policy.vocabulary(), store.read(tenantId, roles::names));
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < asked.policies().size(); i++) {
      NewPolicy draft = asked.policies().get(i);
      String path = "policies[" + i + "]";
      if (draft == null) {
        problems.add(new FieldProblem(path, "is required"));
        continue;
      }
      if (draft.id() != null && !ids.add(draft.id())) {
        problems.add(new FieldProblem(path + ".id", "is the id of another policy"));
      }
      rules.check(path + ".", draft.id(), draft);
    }
    problems.addAll(rules.problems());
    if (!problems.isEmpty()) {
      throw new ValidationException(problems);
    }
    return policy.draft(compiled(asked.policies()));
  }

  private static void period(List<FieldProblem> problems, String field, Instant time) {
    if (time != null && (time.isBefore(EARLIEST) || time.isAfter(LATEST))) {
      problems.add(new FieldProblem(field, "must be a time from 1970 to 9999"));
    }
  }

  private static List<Rule> compiled(List<NewPolicy> policies) {
    List<Rule> rules =
        policies.stream()
            .filter(policy -> !Boolean.FALSE.equals(policy.enabled()))
            .flatMap(
                policy ->
                    policy.rules().stream()
                        .map(RuleDefinition::complete)
                        .map(rule -> rule.compiled(policy.id())))
            .toList();
    if (rules.size() > PolicyService.MAX_RULES) {
      throw new ValidationException(
          "policies", "a tenant has at most " + PolicyService.MAX_RULES + " rules");
    }
    return rules;
  }
}
