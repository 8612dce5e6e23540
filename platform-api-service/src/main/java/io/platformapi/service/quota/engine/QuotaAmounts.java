package io.platformapi.service.quota.engine;

import io.platformapi.routes.message.CallStatus;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.usage.LedgerCall;

/**
 * What a call uses, or is thought to use, by dimension.
 *
 * @param costNanos nano-units of the tenant's currency
 */
public record QuotaAmounts(
    long inputTokens,
    long outputTokens,
    long requests,
    long costNanos,
    long storageBytes,
    long seats) {
  public static final QuotaAmounts NONE = new QuotaAmounts(0, 0, 0, 0, 0, 0);

  /** As the ledger counts a call: what the gateway's cache served is no token. */
  public static QuotaAmounts of(UsageRecord call) {
    boolean cached = call.cacheHit() && call.status() == CallStatus.SUCCESS;
    return new QuotaAmounts(
        cached ? 0 : call.inputTokens(),
        cached ? 0 : call.outputTokens(),
        1,
        call.costNanos(),
        0,
        0);
  }

  /** The same of what the ledger posts. */
  public static QuotaAmounts of(LedgerCall posted) {
    QuotaAmounts call = of(posted.call());
    return new QuotaAmounts(
        call.inputTokens,
        call.outputTokens,
        posted.requests(),
        call.costNanos,
        posted.storageBytes(),
        posted.seats());
  }

  public long of(QuotaDimension dimension) {
    return switch (dimension) {
      case INPUT_TOKENS -> inputTokens;
      case OUTPUT_TOKENS -> outputTokens;
      case TOTAL_TOKENS -> Math.addExact(inputTokens, outputTokens);
      case REQUESTS -> requests;
      case COST -> costNanos;
      case STORAGE_BYTES -> storageBytes;
      case SEATS -> seats;
    };
  }

  public boolean none() {
    return equals(NONE);
  }

  /** Whether it speaks of levels and of nothing that a call uses. */
  public boolean levelsOnly() {
    return (storageBytes != 0 || seats != 0)
        && inputTokens == 0
        && outputTokens == 0
        && requests == 0
        && costNanos == 0;
  }

  public QuotaAmounts negated() {
    return new QuotaAmounts(
        -inputTokens, -outputTokens, -requests, -costNanos, -storageBytes, -seats);
  }
}
