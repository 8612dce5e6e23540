package io.platformapi.service.cache;

import java.util.concurrent.atomic.LongAdder;

/** Counts how those who asked a {@link Holder} were answered. */
final class Gets {
  final LongAdder hits = new LongAdder();
  final LongAdder misses = new LongAdder();
  final LongAdder stale = new LongAdder();
}
