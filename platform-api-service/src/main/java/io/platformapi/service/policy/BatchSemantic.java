package io.platformapi.service.policy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.platformapi.service.problem.ValidationException;
import java.util.Arrays;
import java.util.Optional;

/** When a batch of questions stops (AuthZEN 1.0, evaluations semantics). */
public enum BatchSemantic {
  EXECUTE_ALL("execute_all"),
  DENY_ON_FIRST_DENY("deny_on_first_deny"),
  PERMIT_ON_FIRST_PERMIT("permit_on_first_permit");

  private final String text;

  BatchSemantic(String text) {
    this.text = text;
  }

  @JsonValue
  public String text() {
    return text;
  }

  /** Whether this answer is the last. */
  boolean stopsAt(boolean allowed) {
    return switch (this) {
      case EXECUTE_ALL -> false;
      case DENY_ON_FIRST_DENY -> !allowed;
      case PERMIT_ON_FIRST_PERMIT -> allowed;
    };
  }

  static Optional<BatchSemantic> ofText(String text) {
    return Arrays.stream(values()).filter(semantic -> semantic.text.equals(text)).findFirst();
  }

  @JsonCreator
  static BatchSemantic parse(String text) {
    return ofText(text)
        .orElseThrow(
            () ->
                new ValidationException(
                    "semantic",
                    "must be one of execute_all, deny_on_first_deny, permit_on_first_permit"));
  }
}
