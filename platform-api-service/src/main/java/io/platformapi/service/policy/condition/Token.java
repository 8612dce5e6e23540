package io.platformapi.service.policy.condition;

/**
 * A word of a condition.
 *
 * @param kind what it is
 * @param text as written; of a string its value
 * @param span where it stands
 */
record Token(Kind kind, String text, Span span) {
  enum Kind {
    /** A name or a path. */
    NAME,
    STRING,
    INTEGER,
    DECIMAL,
    /** An operator or a bracket. */
    SIGN,
    END
  }

  boolean is(String sign) {
    return kind == Kind.SIGN && text.equals(sign);
  }

  boolean isName(String name) {
    return kind == Kind.NAME && text.equals(name);
  }
}
