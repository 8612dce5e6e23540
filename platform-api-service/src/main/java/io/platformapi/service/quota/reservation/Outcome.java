package io.platformapi.service.quota.reservation;

import io.platformapi.service.quota.engine.Decision;
import jakarta.ws.rs.core.Response;
import java.time.Instant;

/** What has become of a request about reservations. */
public sealed interface Outcome {

  /** It holds what it wished. */
  record Granted(Grant grant) implements Outcome {}

  /**
   * It holds nothing.
   *
   * @param retryAt when it may be granted, or null when that cannot be told
   * @param earliestExpiry of the tenant's open reservations, or null
   */
  record Refused(Decision decision, Instant retryAt, Instant earliestExpiry) implements Outcome {

    /** Whether others hold over their time. */
    boolean overdue(Instant now) {
      return earliestExpiry != null && !earliestExpiry.isAfter(now);
    }
  }

  /** The reservation has ended so; now, or before. */
  record Ended(Reservation reservation) implements Outcome {}

  /** The same request was answered before. */
  record Replayed(Response answer) implements Outcome {}

  /** It cannot be done. */
  record Failed(RuntimeException failure) implements Outcome {}
}
