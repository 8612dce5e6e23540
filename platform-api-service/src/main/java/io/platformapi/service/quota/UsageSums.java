package io.platformapi.service.quota;

import io.platformapi.service.quota.engine.QuotaDimension;

/** What was used, in the ledger's dimensions. */
record UsageSums(
    long inputTokens,
    long outputTokens,
    long cachedInputTokens,
    long cachedOutputTokens,
    long requestsSucceeded,
    long requestsFailed,
    long requestsCached,
    long costNanos,
    long storageBytes,
    long seats) {
  static final UsageSums NONE = new UsageSums(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  UsageSums plus(UsageSums other) {
    return new UsageSums(
        Math.addExact(inputTokens, other.inputTokens),
        Math.addExact(outputTokens, other.outputTokens),
        Math.addExact(cachedInputTokens, other.cachedInputTokens),
        Math.addExact(cachedOutputTokens, other.cachedOutputTokens),
        Math.addExact(requestsSucceeded, other.requestsSucceeded),
        Math.addExact(requestsFailed, other.requestsFailed),
        Math.addExact(requestsCached, other.requestsCached),
        Math.addExact(costNanos, other.costNanos),
        Math.addExact(storageBytes, other.storageBytes),
        Math.addExact(seats, other.seats));
  }

  /** How much of a dimension; the cost in nano-units. */
  long of(QuotaDimension dimension) {
    return switch (dimension) {
      case INPUT_TOKENS -> inputTokens;
      case OUTPUT_TOKENS -> outputTokens;
      case TOTAL_TOKENS -> totalTokens();
      case REQUESTS -> requests();
      case COST -> costNanos;
      case STORAGE_BYTES -> storageBytes;
      case SEATS -> seats;
    };
  }

  /** Input and output; what the gateway's cache served is apart. */
  long totalTokens() {
    return Math.addExact(inputTokens, outputTokens);
  }

  /** All requests, however they ended. */
  long requests() {
    return Math.addExact(Math.addExact(requestsSucceeded, requestsFailed), requestsCached);
  }
}
