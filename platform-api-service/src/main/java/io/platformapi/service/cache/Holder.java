package io.platformapi.service.cache;

/** What holds values that may change, as its metrics and the senders of invalidations see it. */
interface Holder {
  /** Sees to it that nobody who asks from now on is answered from before the change. */
  void invalidate(Change change, ChangeSource source);

  /** Values held now. */
  long size();

  /** Age of the oldest value held, in seconds. */
  double ageSeconds();

  /** How often it answered from memory. */
  long hits();

  /** How often it asked the truth. */
  long misses();

  /** How often it answered with what had expired, because the truth was away. */
  long stale();
}
