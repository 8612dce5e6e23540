package io.platformapi.routes.ingestion;

import io.platformapi.routes.ingestion.UsageFields.Kind;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Pattern;

/** Reads tokens and cost exactly; never through floating point. */
final class Amounts {
  static final long MAX_TOKENS = 1_000_000_000L;

  /** In units of the currency; no LLM call has ever cost this much. */
  static final BigDecimal MAX_COST = new BigDecimal(1_000_000);

  private static final int NANO_DIGITS = 9;
  // A double has at most 17 significant digits; what is longer than this was not computed by
  // anyone.
  private static final int MAX_CHARACTERS = 400;
  private static final int SAFE_LONG_DIGITS = 18;

  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(NaN|INF|Infinity|[0-9]+([.][0-9]*)?[eE][+-]?[0-9]+)");

  private Amounts() {}

  /** A count; absent and null are 0, {@code 12.0} is 12. */
  static long tokens(UsageFields fields, UsageField field, long max) throws RejectedException {
    Kind kind = fields.kind(field);
    if (kind == Kind.ABSENT || kind == Kind.NULL) {
      return 0;
    }
    if (kind != Kind.INTEGER && kind != Kind.DECIMAL) {
      throw UsageValidator.rejected(RejectReason.WRONG_TYPE, field);
    }
    String text = fields.text(field);
    if (kind == Kind.INTEGER && text.length() <= SAFE_LONG_DIGITS) {
      long value = Long.parseLong(text);
      if (value < 0) {
        throw UsageValidator.rejected(RejectReason.NEGATIVE_AMOUNT, field);
      }
      if (value > max) {
        throw UsageValidator.rejected(RejectReason.ABSURD_AMOUNT, field);
      }
      return value;
    }
    BigDecimal value = bounded(text, BigDecimal.valueOf(max), field);
    try {
      return value.signum() == 0 ? 0 : value.longValueExact();
    } catch (ArithmeticException e) {
      throw UsageValidator.rejected(RejectReason.WRONG_TYPE, field);
    }
  }

  /**
   * Cost in nano-units, rounded half-even once; absent and null are 0. The compact record may carry
   * it as a decimal string, LiteLLM writes a number.
   */
  static long costNanos(UsageFields fields, UsageField field) throws RejectedException {
    Kind kind = fields.kind(field);
    if (kind == Kind.ABSENT || kind == Kind.NULL) {
      return 0;
    }
    boolean number = kind == Kind.INTEGER || kind == Kind.DECIMAL;
    if (!number && (kind != Kind.STRING || fields.gateway())) {
      throw UsageValidator.rejected(RejectReason.WRONG_TYPE, field);
    }
    BigDecimal value = bounded(fields.text(field), MAX_COST, field);
    if ((long) value.precision() - value.scale() < -NANO_DIGITS) {
      return 0;
    }
    return value.setScale(NANO_DIGITS, RoundingMode.HALF_EVEN).unscaledValue().longValueExact();
  }

  /** The number if it is within 0..max; does not write out what a huge exponent stands for. */
  private static BigDecimal bounded(String text, BigDecimal max, UsageField field)
      throws RejectedException {
    if (text.length() > MAX_CHARACTERS) {
      throw UsageValidator.rejected(RejectReason.ABSURD_AMOUNT, field);
    }
    BigDecimal value;
    try {
      value = new BigDecimal(text);
    } catch (NumberFormatException e) {
      // NaN, Infinity, an exponent beyond int, or a string that is no number at all.
      throw UsageValidator.rejected(
          isJsonNumber(text) ? RejectReason.ABSURD_AMOUNT : RejectReason.WRONG_TYPE, field);
    }
    if (value.signum() < 0) {
      throw UsageValidator.rejected(RejectReason.NEGATIVE_AMOUNT, field);
    }
    if (value.signum() > 0
        && ((long) value.precision() - value.scale() > max.precision()
            || value.compareTo(max) > 0)) {
      throw UsageValidator.rejected(RejectReason.ABSURD_AMOUNT, field);
    }
    return value;
  }

  private static boolean isJsonNumber(String text) {
    return NUMBER.matcher(text).matches();
  }
}
