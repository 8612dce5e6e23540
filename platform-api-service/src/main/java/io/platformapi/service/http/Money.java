package io.platformapi.service.http;

import io.platformapi.service.problem.ValidationException;
import java.math.BigDecimal;
import java.util.regex.Pattern;

/**
 * An amount of money on the wire; inside it is a count of nano-units (10^-9).
 *
 * @param amount decimal number as text, up to nine places, no exponent
 * @param currency ISO 4217 code
 */
public record Money(String amount, String currency) {
  private static final int PLACES = 9;
  private static final Pattern AMOUNT = Pattern.compile("-?[0-9]{1,10}(\\.[0-9]{1,9})?");
  private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");

  public static Money ofNanos(long nanos, String currency) {
    return new Money(BigDecimal.valueOf(nanos, PLACES).toPlainString(), currency);
  }

  /**
   * Nano-units, exactly.
   *
   * @param field path of this value in the request, for the error
   * @throws ValidationException when the amount is no such number, does not fit 64 bits, or the
   *     currency is no code
   */
  public long toNanos(String field) {
    if (currency == null || !CURRENCY.matcher(currency).matches()) {
      throw new ValidationException(field + ".currency", "must be a three-letter currency code");
    }
    if (amount == null || !AMOUNT.matcher(amount).matches()) {
      throw new ValidationException(
          field + ".amount", "must be a decimal number as text with up to nine places");
    }
    try {
      return new BigDecimal(amount).movePointRight(PLACES).longValueExact();
    } catch (ArithmeticException e) {
      throw new ValidationException(field + ".amount", "is too large");
    }
  }
}
