package io.platformapi.service.quota.reservation;

import io.platformapi.service.quota.engine.Decision;
import io.platformapi.service.quota.engine.QuotaState;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;

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

    /** Whether it would be granted if nobody held anything. */
    boolean onlyHolds() {
      return decision.refusing().stream().allMatch(Decision.Refusal::onlyHolds);
    }

    /** Whether others hold over their time. */
    boolean overdue(Instant now) {
      return earliestExpiry != null && !earliestExpiry.isAfter(now);
    }
  }

  /**
   * It would be granted.
   *
   * @param states the quotas that count it, as they stand without it
   */
  record Allowed(List<QuotaState> states) implements Outcome {}

  /** It may go on, and holds nothing: nobody could be asked. */
  record Degraded() implements Outcome {}

  /** The reservation has ended so; now, or before. */
  record Ended(Reservation reservation) implements Outcome {}

  /** The same request was answered before. */
  record Replayed(Response answer) implements Outcome {}

  /** It cannot be done. */
  record Failed(RuntimeException failure) implements Outcome {}
}
