package io.platformapi.service.cache;

/** What a cache answers when the truth cannot be asked now. */
public enum WhileAway {
  /** Nothing that is older than its time to live. */
  REFUSE,
  /** What has expired, unless it is known to have changed. */
  KEEP_UNCHANGED,
  /** What was known last, even if it is known to have changed. */
  KEEP
}
