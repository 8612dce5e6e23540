package io.platformapi.service.policy.engine;

/** Kinds of subjects, as {@code subject.type} reads them. */
public enum SubjectType {
  USER("user"),
  SERVICE("service"),
  API_KEY("api_key");

  private final String text;

  SubjectType(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }
}
