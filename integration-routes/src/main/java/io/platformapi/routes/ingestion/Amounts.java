package io.platformapi.routes.ingestion;

import io.platformapi.routes.ingestion.UsageFields.Kind;
import io.platformapi.routes.support.CallLimits;
import io.platformapi.routes.support.ExactDecimal;
import java.math.BigDecimal;

/** Reads tokens and cost exactly; never through floating point. */
final class Amounts {
  private static final int SAFE_LONG_DIGITS = 18;

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
    return ExactDecimal.nanos(bounded(fields.text(field), CallLimits.MAX_COST, field));
  }

  private static BigDecimal bounded(String text, BigDecimal max, UsageField field)
      throws RejectedException {
    try {
      return ExactDecimal.within(text, max);
    } catch (ExactDecimal.FaultException e) {
      throw UsageValidator.rejected(
          switch (e.fault()) {
            case WRONG_TYPE -> RejectReason.WRONG_TYPE;
            case NEGATIVE -> RejectReason.NEGATIVE_AMOUNT;
            case ABSURD -> RejectReason.ABSURD_AMOUNT;
          },
          field);
    }
  }
}
