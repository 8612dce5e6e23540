package io.platformapi.service.policy.engine;

/** What a rule does when it matches. */
public enum Effect {
  ALLOW("allow"),
  DENY("deny");

  private final String text;

  Effect(String text) {
    this.text = text;
  }

  /** Name on the wire, in the database and in jCasbin's policy. */
  public String text() {
    return text;
  }
}
