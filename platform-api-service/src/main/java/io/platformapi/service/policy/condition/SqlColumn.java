package io.platformapi.service.policy.condition;

/**
 * Where an attribute is in the rows of a statement. Its SQL is written by us and never by a caller.
 *
 * @param value expression of the attribute's type: text for strings, bigint, numeric, boolean,
 *     timestamptz, and text[] without NULL elements for lists; NULL when it cannot be read
 * @param present condition that is true when there is a value, be it of another type, and else
 *     false; null when {@code value} tells
 */
public record SqlColumn(String value, String present) {
  /** A column of the attribute's own type, where NULL is absent. */
  public SqlColumn(String value) {
    this(value, null);
  }
}
