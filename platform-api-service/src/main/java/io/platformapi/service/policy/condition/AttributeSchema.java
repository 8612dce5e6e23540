package io.platformapi.service.policy.condition;

import java.util.Map;
import java.util.Optional;

/**
 * Which attributes conditions may read, and their types. Always has the built-in ones: {@code
 * subject.id|type|tenant} (string), {@code subject.roles|scopes} (string list), {@code
 * resource.type|id|tenant} (string), {@code env.time} (time), {@code env.ip|requestId|credential}
 * (string). Immutable.
 */
public final class AttributeSchema {

  private AttributeSchema() {}

  /** Only the built-in attributes. */
  public static AttributeSchema builtIn() {
    throw new UnsupportedOperationException();
  }

  /**
   * This schema and more attributes.
   *
   * @param declared type by path, such as {@code subject.department}; a name has letters, digits
   *     and underscores, begins with a letter, and has at most 64 characters
   * @throws IllegalArgumentException when a path is malformed or already declared with another
   *     type; {@link #problem} says so beforehand
   */
  public AttributeSchema with(Map<String, AttributeType> declared) {
    throw new UnsupportedOperationException();
  }

  /** What is wrong with declaring this path so, if anything. */
  public Optional<String> problem(String path, AttributeType type) {
    throw new UnsupportedOperationException();
  }

  /** Type of a path, empty when it is not declared. */
  public Optional<AttributeType> type(String path) {
    throw new UnsupportedOperationException();
  }

  /** All attributes by path, the built-in ones too, sorted. */
  public Map<String, AttributeType> attributes() {
    throw new UnsupportedOperationException();
  }
}
