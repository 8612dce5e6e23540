package io.platformapi.service.usage;

import static io.platformapi.service.usage.Dimension.CACHED_INPUT_TOKENS;
import static io.platformapi.service.usage.Dimension.CACHED_OUTPUT_TOKENS;
import static io.platformapi.service.usage.Dimension.COST_NANOS;
import static io.platformapi.service.usage.Dimension.INPUT_TOKENS;
import static io.platformapi.service.usage.Dimension.OUTPUT_TOKENS;
import static io.platformapi.service.usage.Dimension.REQUESTS_CACHED;
import static io.platformapi.service.usage.Dimension.REQUESTS_FAILED;
import static io.platformapi.service.usage.Dimension.REQUESTS_SUCCEEDED;
import static io.platformapi.service.usage.Dimension.SEATS;
import static io.platformapi.service.usage.Dimension.STORAGE_BYTES;

import io.platformapi.routes.message.CallStatus;
import io.platformapi.routes.message.UsageRecord;

/** A running sum of every dimension; refuses to overflow. Not thread-safe. */
final class Amounts {
  private final long[] values = new long[Dimension.COUNT];

  /** What one call posts to each of its accounts. */
  static Amounts of(LedgerCall posted) {
    UsageRecord call = posted.call();
    Amounts amounts = new Amounts();
    boolean cached = call.cacheHit() && call.status() == CallStatus.SUCCESS;
    amounts.set(cached ? CACHED_INPUT_TOKENS : INPUT_TOKENS, call.inputTokens());
    amounts.set(cached ? CACHED_OUTPUT_TOKENS : OUTPUT_TOKENS, call.outputTokens());
    amounts.set(requestsOf(call.status(), cached), posted.requests());
    amounts.set(COST_NANOS, call.costNanos());
    amounts.set(STORAGE_BYTES, posted.storageBytes());
    amounts.set(SEATS, posted.seats());
    return amounts;
  }

  private static Dimension requestsOf(CallStatus status, boolean cached) {
    if (status == CallStatus.FAILURE) {
      return REQUESTS_FAILED;
    }
    return cached ? REQUESTS_CACHED : REQUESTS_SUCCEEDED;
  }

  /** The opposite. */
  Amounts negated() {
    Amounts negated = new Amounts();
    negated.subtract(this);
    return negated;
  }

  long get(Dimension dimension) {
    return values[dimension.ordinal()];
  }

  private void set(Dimension dimension, long value) {
    values[dimension.ordinal()] = value;
  }

  /**
   * @throws ArithmeticException when a sum does not fit 64 bits
   */
  void add(Amounts other) {
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.addExact(values[i], other.values[i]);
    }
  }

  /**
   * @throws ArithmeticException when a sum does not fit 64 bits
   */
  void subtract(Amounts other) {
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.subtractExact(values[i], other.values[i]);
    }
  }
}
