package io.platformapi.service.policy.condition;

/** Looking into a text. */
enum TextFunction {
  STARTS_WITH("startsWith"),
  ENDS_WITH("endsWith"),
  CONTAINS("contains");

  private final String text;

  TextFunction(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }

  boolean holds(String whole, String part) {
    return switch (this) {
      case STARTS_WITH -> whole.startsWith(part);
      case ENDS_WITH -> whole.endsWith(part);
      case CONTAINS -> whole.contains(part);
    };
  }
}
