package io.platformapi.service.quota;

import io.platformapi.service.http.Money;
import io.platformapi.service.quota.engine.QuotaDimension;

/** An amount of a dimension, for people. */
final class QuotaAmount {
  private QuotaAmount() {}

  /**
   * @param currency of cost
   */
  static String text(QuotaDimension dimension, long value, String currency) {
    return dimension == QuotaDimension.COST
        ? Money.ofNanos(value, currency).amount() + " " + currency
        : Long.toString(value);
  }
}
