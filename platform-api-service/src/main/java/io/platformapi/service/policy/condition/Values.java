package io.platformapi.service.policy.condition;

import java.math.BigDecimal;
import java.util.Comparator;

/** Values of one attribute as keys and in their order: equal numbers are equal keys. */
public final class Values {
  /** The order of keys of one attribute; of strings that of their characters. */
  public static final Comparator<Object> ORDER = Values::compare;

  private Values() {}

  /** A value as {@link Attribute#read} gives it, or a literal, as a key. */
  public static Object key(Object value) {
    if (!(value instanceof BigDecimal number)) {
      return value;
    }
    BigDecimal decimal = number.stripTrailingZeros();
    if (decimal.scale() > 0) {
      return decimal;
    }
    try {
      return decimal.longValueExact();
    } catch (ArithmeticException e) {
      return decimal;
    }
  }

  private static int compare(Object one, Object other) {
    if (one instanceof Number && other instanceof Number && one.getClass() != other.getClass()) {
      return decimal(one).compareTo(decimal(other));
    }
    return compareAlike(one, other);
  }

  private static BigDecimal decimal(Object number) {
    return number instanceof Long integer ? BigDecimal.valueOf(integer) : (BigDecimal) number;
  }

  @SuppressWarnings("unchecked")
  private static <T extends Comparable<T>> int compareAlike(Object one, Object other) {
    return ((T) one).compareTo((T) other);
  }
}
