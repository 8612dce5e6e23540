package io.platformapi.service.policy.engine;

/** Why a request is allowed or denied. */
public enum DecisionReason {
  /** An allow rule matched and no deny rule did. */
  ALLOWED_BY_RULE("allowed_by_rule"),
  /** A deny rule is true. */
  DENIED_BY_RULE("denied_by_rule"),
  /** A deny rule could not be shown to be false: an attribute is absent or of a wrong type. */
  DENIED_BY_UNCERTAIN_RULE("denied_by_uncertain_rule"),
  /** No allow rule matched. */
  NO_RULE_ALLOWS("no_rule_allows");

  private final String text;

  DecisionReason(String text) {
    this.text = text;
  }

  /** Name on the wire and in the audit log. */
  public String text() {
    return text;
  }
}
