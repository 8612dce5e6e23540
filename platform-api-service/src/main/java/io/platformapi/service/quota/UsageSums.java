package io.platformapi.service.quota;

/** What was used, in the ledger's dimensions. */
record UsageSums(
    long inputTokens,
    long outputTokens,
    long cachedInputTokens,
    long cachedOutputTokens,
    long requestsSucceeded,
    long requestsFailed,
    long requestsCached,
    long costNanos) {

  /** Input and output; what the gateway's cache served is apart. */
  long totalTokens() {
    return Math.addExact(inputTokens, outputTokens);
  }

  /** All requests, however they ended. */
  long requests() {
    return Math.addExact(Math.addExact(requestsSucceeded, requestsFailed), requestsCached);
  }
}
