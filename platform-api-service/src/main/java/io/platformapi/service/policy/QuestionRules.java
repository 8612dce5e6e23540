package io.platformapi.service.policy;

import io.platformapi.service.policy.condition.AttributeType;
import io.platformapi.service.problem.FieldProblem;
import java.util.ArrayList;
import java.util.List;

/** Checks the form of a question; what it means is the policy's matter. */
final class QuestionRules {
  private static final int MAX_TEXT = 256;
  private static final int MAX_LIST = 500;

  private final List<FieldProblem> problems = new ArrayList<>();

  /** What is wrong with all that was checked. */
  List<FieldProblem> problems() {
    return problems;
  }

  /**
   * @param prefix path of the question in the request, empty or ending with a dot
   */
  void check(String prefix, CheckRequest asked) {
    if (asked == null) {
      problem(
          prefix.isEmpty() ? "subject" : prefix.substring(0, prefix.length() - 1), "is required");
      return;
    }
    subject(prefix + "subject", asked.subject());
    if (asked.resource() == null) {
      problem(prefix + "resource", "is required");
    } else {
      text(prefix + "resource.type", asked.resource().type(), true);
      text(prefix + "resource.id", asked.resource().id(), false);
    }
    text(prefix + "action", asked.action(), true);
    if (asked.context() != null
        && asked.context().get(QuestionReader.TIME) != null
        && QuestionReader.time(asked.context().get(QuestionReader.TIME)).isEmpty()) {
      problem(prefix + "context.time", "must be a time of RFC 3339");
    }
  }

  private void subject(String path, AskedSubject subject) {
    if (subject == null) {
      problem(path, "is required");
      return;
    }
    if (QuestionReader.type(subject.type()).isEmpty()) {
      problem(path + ".type", "must be one of user, service, api_key");
    }
    text(path + ".id", subject.id(), true);
    texts(path + ".roles", subject.roles());
    texts(path + ".scopes", subject.scopes());
  }

  private void texts(String path, List<String> texts) {
    if (texts != null && (texts.size() > MAX_LIST || texts.contains(null))) {
      problem(path, "must be a list of at most " + MAX_LIST + " texts");
    }
  }

  private void text(String path, String text, boolean required) {
    if (text == null ? required : text.isEmpty() || text.length() > MAX_TEXT) {
      problem(path, "must have 1 to " + MAX_TEXT + " characters");
    } else if (text != null && !AttributeType.storable(text)) {
      problem(path, "must be well-formed Unicode without NUL");
    }
  }

  private void problem(String field, String message) {
    problems.add(new FieldProblem(field, message));
  }
}
