package io.platformapi.service.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.problem.MalformedRequestException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Answers questions in the form of AuthZEN's Authorization API 1.0. */
final class AuthzenService {
  private static final String EVALUATIONS = "evaluations";
  private static final String OPTIONS = "options";
  private static final String SEMANTIC = "evaluations_semantic";

  private final DecisionService decisions;
  private final AuthzenReader reader;

  AuthzenService(DecisionService decisions, AuthzenReader reader) {
    this.decisions = decisions;
    this.reader = reader;
  }

  /**
   * @throws MalformedRequestException when it is no question
   */
  Evaluation evaluate(Caller caller, JsonNode asked) {
    CheckRequest question = reader.question(object(asked));
    return decide(decisions.policy(caller), caller, question);
  }

  /** Whether there is a list of questions; without one it is a single question. */
  boolean isList(JsonNode asked) {
    JsonNode items = object(asked).get(EVALUATIONS);
    if (items != null && !items.isArray()) {
      throw new MalformedRequestException(EVALUATIONS + " must be an array");
    }
    return items != null && !items.isEmpty();
  }

  /**
   * Answers in order, fewer where the semantic stopped; a question that is none is a denial.
   *
   * @throws MalformedRequestException when there are too many, or the semantic is not known
   */
  Evaluations evaluateAll(Caller caller, JsonNode asked) {
    BatchSemantic semantic = semantic(asked.path(OPTIONS));
    JsonNode items = asked.get(EVALUATIONS);
    if (items.size() > DecisionService.MAX_BATCH) {
      throw new MalformedRequestException(
          EVALUATIONS + " must not have more than " + DecisionService.MAX_BATCH + " items");
    }
    TenantPolicy policy = decisions.policy(caller);
    Map<JsonNode, Map<String, Object>> known = new IdentityHashMap<>();
    List<Evaluation> answers = new ArrayList<>();
    for (JsonNode item : items) {
      Evaluation answer = one(policy, caller, asked, item, known);
      answers.add(answer);
      if (semantic.stopsAt(answer.decision())) {
        break;
      }
    }
    return new Evaluations(answers);
  }

  private Evaluation one(
      TenantPolicy policy,
      Caller caller,
      JsonNode defaults,
      JsonNode item,
      Map<JsonNode, Map<String, Object>> known) {
    CheckRequest question;
    try {
      question = reader.question(reader.merged(defaults, item), known);
    } catch (MalformedRequestException e) {
      return Evaluation.malformed(e.getMessage());
    }
    return decide(policy, caller, question);
  }

  private Evaluation decide(TenantPolicy policy, Caller caller, CheckRequest question) {
    return QuestionReader.type(question.subject().type()).isEmpty()
        ? Evaluation.unknownSubject()
        : Evaluation.of(decisions.decide(policy, caller, question));
  }

  private static JsonNode object(JsonNode asked) {
    if (asked == null || !asked.isObject()) {
      throw new MalformedRequestException("the body must be an object");
    }
    return asked;
  }

  private static BatchSemantic semantic(JsonNode options) {
    if (!options.isMissingNode() && !options.isNull() && !options.isObject()) {
      throw new MalformedRequestException(OPTIONS + " must be an object");
    }
    JsonNode text = options.path(SEMANTIC);
    if (text.isMissingNode() || text.isNull()) {
      return BatchSemantic.EXECUTE_ALL;
    }
    return BatchSemantic.ofText(text.textValue())
        .orElseThrow(
            () ->
                new MalformedRequestException(
                    SEMANTIC
                        + " must be one of execute_all, deny_on_first_deny,"
                        + " permit_on_first_permit"));
  }
}
