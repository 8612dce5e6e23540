package io.platformapi.routes.support;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Pattern;

/** Reads amounts exactly, never through floating point, and without writing out huge exponents. */
public final class ExactDecimal {
  private static final int NANO_DIGITS = 9;
  // A double has at most 17 significant digits; what is longer than this was not computed by
  // anyone.
  private static final int MAX_CHARACTERS = 400;
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(NaN|INF|Infinity|[0-9]+([.][0-9]*)?[eE][+-]?[0-9]+)");

  private ExactDecimal() {}

  /** Why a text is no amount. */
  public enum Fault {
    /** It is no number at all. */
    WRONG_TYPE,
    NEGATIVE,
    /** Beyond anything real, or not a number. */
    ABSURD
  }

  /** A text is no amount; has no stack trace, such texts may be frequent. */
  public static final class FaultException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Fault fault;

    FaultException(Fault fault) {
      super(fault.name(), null, false, false);
      this.fault = fault;
    }

    public Fault fault() {
      return fault;
    }
  }

  /**
   * The number as written.
   *
   * @param max the largest that is plausible; the smallest is 0
   */
  public static BigDecimal within(String text, BigDecimal max) throws FaultException {
    if (text.length() > MAX_CHARACTERS) {
      throw new FaultException(Fault.ABSURD);
    }
    BigDecimal value;
    try {
      value = new BigDecimal(text);
    } catch (NumberFormatException e) {
      // NaN, Infinity, an exponent beyond int, or a string that is no number at all.
      throw new FaultException(NUMBER.matcher(text).matches() ? Fault.ABSURD : Fault.WRONG_TYPE);
    }
    if (value.signum() < 0) {
      throw new FaultException(Fault.NEGATIVE);
    }
    if (value.signum() > 0
        && ((long) value.precision() - value.scale() > max.precision()
            || value.compareTo(max) > 0)) {
      throw new FaultException(Fault.ABSURD);
    }
    return value;
  }

  /** The same amount in nano-units, rounded half-even once. */
  public static long nanos(BigDecimal amount) {
    if ((long) amount.precision() - amount.scale() < -NANO_DIGITS) {
      return 0;
    }
    return amount.setScale(NANO_DIGITS, RoundingMode.HALF_EVEN).unscaledValue().longValueExact();
  }
}
