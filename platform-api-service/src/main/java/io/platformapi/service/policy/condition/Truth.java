package io.platformapi.service.policy.condition;

/** Kleene's three values, as SQL has them. */
public enum Truth {
  FALSE,
  UNKNOWN,
  TRUE
}
