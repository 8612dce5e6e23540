package io.platformapi.service.quota;

import io.platformapi.service.http.ErrorCode;
import io.platformapi.service.http.ErrorResponses;
import io.platformapi.service.http.RateLimit;
import io.platformapi.service.quota.engine.Decision;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaMode;
import io.platformapi.service.quota.engine.QuotaState;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.reservation.Grant;
import io.platformapi.service.quota.reservation.Outcome;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Answers of what quotas decide, with the headers that tell of limits. */
final class QuotaAnswers {
  /** More limits than these are in the body alone. */
  private static final int MAX_LIMITS = 8;

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final ErrorResponses errors = new ErrorResponses();

  /** 201: it is held. */
  Response granted(Grant grant, String currency) {
    return RateLimit.put(
            Response.created(URI.create("/v1/quotas/reservations/" + grant.reservation().id()))
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(ReservationGrant.of(grant, currency)),
            limits(grant.states(), grant.reservation().createdAt()))
        .build();
  }

  /** 429: names the quota that refuses. */
  Response refused(Outcome.Refused refused, String currency, Instant now) {
    QuotaRefusal refusal = QuotaRefusal.of(refused.decision(), refused.retryAt(), currency);
    Map<String, Object> details = new HashMap<>();
    details.put("quota", refusal.quota());
    details.put("requested", refusal.requested());
    details.put("refusedBy", refusal.refusedBy());
    details.put("retryAt", refusal.retryAt());
    String message = "a quota on " + refusal.quota().dimension() + " is used up";
    Response answer =
        refused.retryAt() == null
            ? errors.of(ErrorCode.QUOTA_EXCEEDED, message, details)
            : errors.retryLater(
                ErrorCode.QUOTA_EXCEEDED, message, details, until(refused.retryAt(), now));
    List<QuotaState> states =
        refused.decision().refusing().stream().map(Decision.Refusal::state).toList();
    return RateLimit.put(Response.fromResponse(answer), limits(states, now)).build();
  }

  /** The limits that leave least. */
  List<RateLimit> limits(List<QuotaState> states, Instant now) {
    return states.stream()
        .filter(state -> state.quota().mode() == QuotaMode.ENFORCE)
        .sorted(Comparator.comparingDouble(QuotaAnswers::share))
        .limit(MAX_LIMITS)
        .map(state -> limit(state, now))
        .toList();
  }

  private static double share(QuotaState state) {
    long limit = state.limit();
    return limit == 0 ? 0 : (double) state.remaining() / limit;
  }

  private static RateLimit limit(QuotaState state, Instant now) {
    Quota quota = state.quota();
    QuotaWindow window = quota.window();
    boolean bounded = window.bounded();
    return new RateLimit(
        quota.id().toString(),
        state.limit(),
        bounded ? length(window, now) : null,
        state.remaining(),
        bounded ? until(window.nextRelief(now), now) : null);
  }

  private static Duration length(QuotaWindow window, Instant now) {
    return window.isRolling()
        ? window.length()
        : Duration.between(window.start(now), window.end(now));
  }

  /** In whole seconds, not too early. */
  private static Duration until(Instant time, Instant now) {
    Duration left = Duration.between(now, time);
    return left.isNegative() ? Duration.ZERO : left.plusNanos(NANOS_PER_SECOND - 1);
  }
}
