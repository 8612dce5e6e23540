package io.platformapi.service.policy.condition;

/** What a condition is evaluated against: the attributes of one request. */
public interface Facts {

  /**
   * Value of an attribute in a form that {@link AttributeType#normalised} makes, or null when it is
   * absent.
   */
  Object value(Attribute attribute);

  /** Takes note of a value that cannot be used. */
  void unreadable(Attribute attribute, String message);
}
