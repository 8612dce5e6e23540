package io.platformapi.service.policy.condition;

/** Comparing two values. */
enum Comparison {
  EQUAL("==", "="),
  NOT_EQUAL("!=", "<>"),
  LESS("<", "<"),
  LESS_OR_EQUAL("<=", "<="),
  GREATER(">", ">"),
  GREATER_OR_EQUAL(">=", ">=");

  private final String text;
  private final String sql;

  Comparison(String text, String sql) {
    this.text = text;
    this.sql = sql;
  }

  String text() {
    return text;
  }

  String sql() {
    return sql;
  }

  boolean ordering() {
    return this != EQUAL && this != NOT_EQUAL;
  }

  /** Whether values that compare so, as {@link Comparable} has it, are in this relation. */
  boolean holds(int order) {
    return switch (this) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case LESS -> order < 0;
      case LESS_OR_EQUAL -> order <= 0;
      case GREATER -> order > 0;
      case GREATER_OR_EQUAL -> order >= 0;
    };
  }

  /** True exactly when this one is false. */
  Comparison negated() {
    return switch (this) {
      case EQUAL -> NOT_EQUAL;
      case NOT_EQUAL -> EQUAL;
      case LESS -> GREATER_OR_EQUAL;
      case LESS_OR_EQUAL -> GREATER;
      case GREATER -> LESS_OR_EQUAL;
      case GREATER_OR_EQUAL -> LESS;
    };
  }
}
