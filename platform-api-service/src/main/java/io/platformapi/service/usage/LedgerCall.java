package io.platformapi.service.usage;

import io.platformapi.routes.message.UsageRecord;

/**
 * Usage as the ledger posts it: a call that the gateway told of, or what a caller settled.
 *
 * @param call whose tokens and cost are posted, in its hour
 * @param requests how many calls it stands for
 * @param storageBytes how much more is stored
 * @param seats how many more are taken
 */
public record LedgerCall(UsageRecord call, long requests, long storageBytes, long seats) {

  /** One that the gateway told of. */
  public static LedgerCall of(UsageRecord call) {
    return new LedgerCall(call, 1, 0, 0);
  }
}
