package io.platformapi.service.reconciliation;

import io.platformapi.routes.support.ExactDecimal;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Asks the gateway for its counters of a tenant, which tells few of them by itself. */
@FunctionalInterface
public interface CounterReading {
  /** Before the point. */
  int MAX_DIGITS = 9;

  /** A gateway that cannot be asked. */
  CounterReading NONE = (tenantId, keys, requestId) -> List.of();

  /**
   * Those of the tenant's teams and of some keys; what the gateway does not tell now is left out.
   *
   * @param keys hashes of keys that counters were told of
   * @param requestId goes along as X-Request-Id
   */
  List<Spend> read(String tenantId, Set<String> keys, String requestId);

  /** Nano-units of a sum, or null when it is none that can be: below 0, or a billion and more. */
  static Long nanos(BigDecimal sum) {
    // Before its digits are written out: an exponent can stand for billions of them.
    return sum.signum() < 0 || (long) sum.precision() - sum.scale() > MAX_DIGITS
        ? null
        : Long.valueOf(ExactDecimal.nanos(sum));
  }

  /**
   * A cumulative spend.
   *
   * @param scope {@code team} or {@code api_key}
   * @param start of the period that it is of, or null when it cannot be known
   * @param end of that period, or null for one that never ends
   * @param createdAt when its owner was made, or null
   */
  record Spend(
      String scope, String id, long nanos, Instant start, Instant end, Instant createdAt) {}
}
