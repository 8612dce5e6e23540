package io.platformapi.routes.alert;

/** What became of an alert. */
public enum AlertOutcome {
  /** On the topic, for the tenant's book. */
  ACCEPTED,
  /** It names no team or organization of a tenant: a dead letter. */
  UNRESOLVED,
  /** It is of something else than a budget. */
  IGNORED
}
