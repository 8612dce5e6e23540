package io.platformapi.service.quota.simulator;

import io.platformapi.service.quota.engine.Told;

/** A row of the balances. */
record Row(long used, long held, long version, Told told) {

  /** One of which nothing has been told. */
  Row(long used, long held, long version) {
    this(used, held, version, Told.NOTHING);
  }

  Row plus(long moreUsed, long moreHeld) {
    return new Row(used + moreUsed, held + moreHeld, version + 1, told);
  }

  Row with(long otherUsed, long otherHeld) {
    return new Row(otherUsed, otherHeld, version + 1, told);
  }

  Row with(Told other) {
    return new Row(used, held, version, other);
  }
}
