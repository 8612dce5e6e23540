package io.platformapi.service.quota.simulator;

/** What must hold, whatever happens. */
enum Invariant {
  /** A request is granted only what fits below every enforced limit, beside all used and held. */
  NO_OVERSHOOT,
  /** What is above a limit is drawn from grants that are valid, in their order, each unit once. */
  GRANTS,

  /** A reservation holds what its request wants of every quota that counts it, and nothing else. */
  ALL_OR_NONE,
  /** What balances hold is what open reservations hold. */
  HELD,
  /** What balances have used is the usage that counts, each unit once. */
  USED,
  /** Of a call either the caller's settlement or the gateway's word is in the book. */
  COUNTED_ONCE,
  /** What somebody said was used is in the book, in full. */
  NOTHING_HIDDEN,
  /** The postings of a batch add up to zero in each scope and dimension. */
  SUM_ZERO,
  /** Counters are the postings added up, and both are the usage that counts. */
  COUNTERS,
  /** Reservations end once, and go only where they may; one is open for a request id. */
  LIFE_CYCLE,
  /** A hold is gone at its expiry: no longer stands against anybody, and is not forgotten. */
  EXPIRY,
  /** A request is refused only when it does not fit. */
  NO_FALSE_REFUSAL,
  /** A repeated request is answered as the first time, and done once. */
  IDEMPOTENCY,
  /** Of two states of a balance the later has the higher version. */
  VERSIONS,

  /** The copy shows committed states only. */
  COPY_IS_EARLIER_TRUTH,
  /** A check is answered by states that were the present ones not longer ago than said. */
  CHECK_STALENESS,
  /** Work ends: neither deadlock nor endless repetition. */
  PROGRESS
}
