package io.platformapi.service.policy;

import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.ResourceView;
import io.platformapi.service.policy.engine.AccessDecision;
import io.platformapi.service.problem.ValidationException;
import java.util.ArrayList;
import java.util.List;

/** Answers what other services ask about their own subjects and resources. */
final class DecisionService {
  static final int MAX_BATCH = 500;

  private final PolicySnapshots snapshots;
  private final QuestionReader reader;
  private final DecisionLog log;

  DecisionService(PolicySnapshots snapshots, QuestionReader reader, DecisionLog log) {
    this.snapshots = snapshots;
    this.reader = reader;
    this.log = log;
  }

  /**
   * @throws ValidationException when it is no question
   * @throws io.platformapi.service.problem.UnavailableException when the policy is not known
   */
  CheckAnswer check(Caller caller, CheckRequest asked) {
    QuestionRules rules = new QuestionRules();
    rules.check("", asked);
    refuse(rules);
    return decide(snapshots.of(caller.tenant()), caller, asked);
  }

  /** Questions are answered in order, all by one state of the policy. */
  BatchAnswer batch(Caller caller, BatchRequest asked) {
    if (asked == null
        || asked.evaluations() == null
        || asked.evaluations().isEmpty()
        || asked.evaluations().size() > MAX_BATCH) {
      throw new ValidationException("evaluations", "must have 1 to " + MAX_BATCH + " items");
    }
    QuestionRules rules = new QuestionRules();
    for (int i = 0; i < asked.evaluations().size(); i++) {
      rules.check("evaluations[" + i + "].", asked.evaluations().get(i));
    }
    refuse(rules);
    BatchSemantic semantic =
        asked.semantic() == null ? BatchSemantic.EXECUTE_ALL : asked.semantic();
    TenantPolicy policy = snapshots.of(caller.tenant());
    List<CheckAnswer> answers = new ArrayList<>();
    for (CheckRequest question : asked.evaluations()) {
      CheckAnswer answer = decide(policy, caller, question);
      answers.add(answer);
      if (semantic.stopsAt(answer.allowed())) {
        break;
      }
    }
    return new BatchAnswer(answers);
  }

  /**
   * The decision with every rule that was considered; not recorded, since nobody acts on it.
   *
   * @throws io.platformapi.service.problem.ForbiddenException when the caller may not read all
   *     rules
   */
  ExplainAnswer explain(Caller caller, CheckRequest asked) {
    caller.access().checkWanted(ResourceView.ALL);
    QuestionRules rules = new QuestionRules();
    rules.check("", asked);
    refuse(rules);
    TenantPolicy policy = snapshots.of(caller.tenant());
    Question question = reader.read(policy, asked, caller.requestId());
    return question.active()
        ? ExplainAnswer.of(policy.snapshot().explain(question.request()), question.ignored())
        : new ExplainAnswer(
            CheckAnswer.notActive(policy.snapshot().version()), List.of(), question.ignored());
  }

  /** The policy that questions of one request are answered by. */
  TenantPolicy policy(Caller caller) {
    return snapshots.of(caller.tenant());
  }

  /**
   * @param asked checked by {@link QuestionRules}
   */
  CheckAnswer decide(TenantPolicy policy, Caller caller, CheckRequest asked) {
    Question question = reader.read(policy, asked, caller.requestId());
    if (!question.active()) {
      return CheckAnswer.notActive(policy.snapshot().version());
    }
    AccessDecision decision = policy.snapshot().decide(question.request());
    log.offer(policy.tenantId(), question.request(), decision);
    return CheckAnswer.of(decision);
  }

  private static void refuse(QuestionRules rules) {
    if (!rules.problems().isEmpty()) {
      throw new ValidationException(rules.problems());
    }
  }
}
