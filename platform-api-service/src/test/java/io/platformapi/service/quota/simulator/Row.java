package io.platformapi.service.quota.simulator;

/** A row of the balances. */
record Row(long used, long held, long version) {
  Row plus(long moreUsed, long moreHeld) {
    return new Row(used + moreUsed, held + moreHeld, version + 1);
  }
}
