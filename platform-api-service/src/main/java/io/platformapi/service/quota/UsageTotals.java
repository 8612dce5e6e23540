package io.platformapi.service.quota;

import io.platformapi.service.http.Money;

/**
 * What was used, on the wire.
 *
 * @param totalTokens input and output; what the gateway's cache served is apart
 * @param requests all requests, however they ended
 */
public record UsageTotals(
    long inputTokens,
    long outputTokens,
    long totalTokens,
    long cachedInputTokens,
    long cachedOutputTokens,
    long requests,
    long requestsSucceeded,
    long requestsFailed,
    long requestsCached,
    Money cost,
    long storageBytes,
    long seats) {

  static UsageTotals of(UsageSums sums, String currency) {
    return new UsageTotals(
        sums.inputTokens(),
        sums.outputTokens(),
        sums.totalTokens(),
        sums.cachedInputTokens(),
        sums.cachedOutputTokens(),
        sums.requests(),
        sums.requestsSucceeded(),
        sums.requestsFailed(),
        sums.requestsCached(),
        Money.ofNanos(sums.costNanos(), currency),
        sums.storageBytes(),
        sums.seats());
  }
}
