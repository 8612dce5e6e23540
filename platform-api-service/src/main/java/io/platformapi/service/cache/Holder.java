package io.platformapi.service.cache;

/** What holds values that may change, as its metrics and the senders of invalidations see it. */
interface Holder {
  /** Sees to it that nobody who asks from now on is answered from before the change. */
  void invalidate(Change change, ChangeSource source);

  /** Values held now. */
  long size();

  /** Age of the oldest value held, in seconds. */
  double ageSeconds();

  /** How it has answered. */
  Gets gets();

  /** How often it answered from memory. */
  default long hits() {
    return gets().hits.sum();
  }

  /** How often it asked the truth. */
  default long misses() {
    return gets().misses.sum();
  }

  /** How often it answered with what had expired, because the truth was away. */
  default long stale() {
    return gets().stale.sum();
  }
}
