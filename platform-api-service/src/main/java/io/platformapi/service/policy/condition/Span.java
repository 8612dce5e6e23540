package io.platformapi.service.policy.condition;

/** Where a part of a condition stands in its text: from the first character to after the last. */
record Span(int start, int end) {
  /** Of parts that were not written by anybody. */
  static final Span NONE = new Span(0, 0);

  Span to(Span last) {
    return new Span(start, last.end);
  }
}
