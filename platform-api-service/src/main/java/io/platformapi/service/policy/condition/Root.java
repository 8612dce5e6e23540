package io.platformapi.service.policy.condition;

/** Where an attribute belongs to. */
public enum Root {
  SUBJECT("subject"),
  RESOURCE("resource"),
  ENVIRONMENT("env");

  private final String text;

  Root(String text) {
    this.text = text;
  }

  /** First part of a path. */
  public String text() {
    return text;
  }
}
