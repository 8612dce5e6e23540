package io.platformapi.service.policy;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An Access Evaluation Response (AuthZEN Authorization API 1.0, section 6.2).
 *
 * @param decision whether the access is permitted
 * @param context {@code reason}, {@code decided_by} and {@code policy_version}, or {@code error}
 *     with {@code status} and {@code message}
 */
public record Evaluation(boolean decision, Map<String, Object> context) {

  static Evaluation of(CheckAnswer answer) {
    Map<String, Object> context = new LinkedHashMap<>();
    context.put("reason", answer.reason());
    if (answer.decidedBy() != null) {
      context.put("decided_by", answer.decidedBy().layer() + ":" + answer.decidedBy().rule());
    }
    context.put("policy_version", answer.policyVersion());
    return new Evaluation(answer.allowed(), context);
  }

  /** A subject of a type that no rule can speak of. */
  static Evaluation unknownSubject() {
    return new Evaluation(false, Map.of("reason", "subject_type_unknown"));
  }

  /** Of a question among others that is none. */
  static Evaluation malformed(String message) {
    return new Evaluation(false, Map.of("error", Map.of("status", 400, "message", message)));
  }
}
