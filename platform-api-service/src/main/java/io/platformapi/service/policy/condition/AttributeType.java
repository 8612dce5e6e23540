package io.platformapi.service.policy.condition;

/** Types that an attribute can be declared with; all on one screen. */
public enum AttributeType {
  STRING("string"),
  INTEGER("integer"),
  DECIMAL("decimal"),
  BOOLEAN("boolean"),
  TIME("time"),
  STRING_LIST("string_list");

  private final String text;

  AttributeType(String text) {
    this.text = text;
  }

  /** Name on the wire and in the database. */
  public String text() {
    return text;
  }
}
