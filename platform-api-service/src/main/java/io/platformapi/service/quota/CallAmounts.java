package io.platformapi.service.quota;

import io.platformapi.service.http.Money;
import io.platformapi.service.quota.engine.QuotaAmounts;

/**
 * What a call uses, or what is stored and how many seats are taken; never both.
 *
 * @param requests 1 for a call when absent
 */
public record CallAmounts(
    Long inputTokens, Long outputTokens, Long requests, Money cost, Long storageBytes, Long seats) {

  static CallAmounts of(QuotaAmounts amounts, String currency) {
    return new CallAmounts(
        amounts.inputTokens(),
        amounts.outputTokens(),
        amounts.requests(),
        Money.ofNanos(amounts.costNanos(), currency),
        amounts.storageBytes(),
        amounts.seats());
  }
}
