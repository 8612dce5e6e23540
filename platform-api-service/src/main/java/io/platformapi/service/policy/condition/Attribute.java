package io.platformapi.service.policy.condition;

/**
 * A declared attribute.
 *
 * @param root where it belongs to
 * @param name its name
 * @param type its type
 * @param builtIn which of the built-in ones it is, or null
 */
public record Attribute(Root root, String name, AttributeType type, BuiltIn builtIn) {

  /** As it is written in conditions, such as {@code subject.department}. */
  public String path() {
    return root.text() + "." + name;
  }

  /**
   * Its value, or null when it is absent or not of its type; the latter is reported.
   *
   * @return String, Long, BigDecimal, Boolean, Instant or a collection of String
   */
  public Object read(Facts facts) {
    Object raw = facts.value(this);
    if (raw == null) {
      return null;
    }
    Object value = type.read(raw);
    if (value == null) {
      facts.unreadable(this, "is not of type " + type.text());
    }
    return value;
  }
}
