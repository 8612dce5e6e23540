package io.platformapi.service.quota;

import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.problem.ValidationException;
import io.platformapi.service.quota.engine.QuotaAmounts;
import io.platformapi.service.quota.reservation.Grant;
import io.platformapi.service.quota.reservation.GrantRequest;
import io.platformapi.service.quota.reservation.Subject;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/** What a reservation must be like. */
final class ReservationRules {
  static final int DEFAULT_TTL = 300;
  static final int MAX_TTL = 86_400;
  private static final int MAX_REQUEST_ID = 255;

  private ReservationRules() {}

  /**
   * @throws ValidationException that names every broken rule
   */
  static GrantRequest check(
      NewReservation wanted,
      String currency,
      String actor,
      Optional<IdempotentRequest> key,
      Function<Grant, Response> answer) {
    if (wanted == null) {
      throw new ValidationException("body", "is required");
    }
    Problems problems = new Problems();
    CallRules calls = new CallRules(problems, currency);
    String requestId = requestId(problems, wanted.requestId());
    Subject subject = calls.subject("", wanted.subject(), wanted.provider(), wanted.model());
    QuotaAmounts estimates = calls.amounts("estimates", wanted.estimates());
    int ttl = wanted.ttlSeconds() == null ? DEFAULT_TTL : wanted.ttlSeconds();
    if (ttl < 1 || ttl > MAX_TTL) {
      problems.add("ttlSeconds", "must be a whole number from 1 to " + MAX_TTL);
    }
    problems.refuse();
    return new GrantRequest(
        requestId, subject, estimates, Duration.ofSeconds(ttl), actor, key, answer);
  }

  /**
   * @throws ValidationException that names every broken rule
   */
  static QuotaAmounts check(Settlement settlement, String currency) {
    if (settlement == null || settlement.actual() == null) {
      throw new ValidationException("actual", "is required");
    }
    Problems problems = new Problems();
    QuotaAmounts actual = new CallRules(problems, currency).amounts("actual", settlement.actual());
    problems.refuse();
    return actual;
  }

  private static String requestId(Problems problems, String id) {
    if (id != null
        && (id.isEmpty()
            || id.length() > MAX_REQUEST_ID
            || id.chars().anyMatch(c -> c <= ' ' || c >= 0x7f))) {
      problems.add("requestId", "must be 1 to " + MAX_REQUEST_ID + " visible ASCII characters");
    }
    return id;
  }
}
