package io.platformapi.service.policy.condition;

import java.util.List;

/** What a test reads. */
sealed interface Operand {
  Span span();

  /** An attribute by its path; {@code attribute} is null until the path is resolved. */
  record Path(Span span, String text, Attribute attribute) implements Operand {}

  /** A value: String, Long, BigDecimal, Boolean, Instant or a list of String. */
  record Literal(Span span, AttributeType type, Object value) implements Operand {}

  /** Values of one kind in brackets. */
  record ListLiteral(Span span, List<Literal> elements) implements Operand {}
}
