package io.platformapi.service.quota.reservation;

import io.platformapi.routes.message.CallStatus;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.http.Uuid7;
import io.platformapi.service.quota.engine.QuotaAmounts;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Makes requests about reservations, and the usage events of their calls. */
final class Reserving {
  static final Duration TTL = Duration.ofMinutes(5);

  private Reserving() {}

  static Subject user(String user) {
    return new Subject("red", user, null, "key", "openai", "gpt-4o");
  }

  /** Input tokens of a call. */
  static QuotaAmounts tokens(long tokens) {
    return new QuotaAmounts(tokens, 0, 1, 0, 0, 0);
  }

  static QuotaAmounts seats(long seats) {
    return new QuotaAmounts(0, 0, 0, 0, 0, seats);
  }

  static GrantRequest request(QuotaAmounts estimates) {
    return request(null, "ann", estimates, null);
  }

  static GrantRequest request(
      String requestId, String user, QuotaAmounts estimates, IdempotentRequest key) {
    return new GrantRequest(
        requestId,
        user(user),
        estimates,
        TTL,
        "tests",
        Optional.ofNullable(key),
        grant -> Response.status(201).entity(Map.of("id", grant.reservation().id())).build());
  }

  static IdempotentRequest key(String key, int body) {
    return new IdempotentRequest(
        "tests POST /v1/quotas/reservations", key, new byte[] {(byte) body});
  }

  static EndRequest settle(UUID id, QuotaAmounts actual) {
    return new EndRequest(id, actual, "tests", Optional.empty(), ended -> Response.ok().build());
  }

  static EndRequest release(UUID id) {
    return settle(id, null);
  }

  /**
   * An open one of ann's that is made without being asked for.
   *
   * @param requestId null: that of its own id
   */
  static Reservation open(String requestId, Hold hold, Instant now) {
    UUID id = Uuid7.next();
    return new Reservation(
        id,
        requestId == null ? id.toString() : requestId,
        ReservationState.OPEN,
        now,
        "tests",
        now.plus(TTL),
        null,
        null,
        null,
        false,
        user("ann"),
        tokens(hold.amount()),
        null,
        List.of(hold));
  }

  /** What the gateway tells of a call. */
  static UsageRecord event(String callId, CallStatus status, long tokens, Instant startedAt) {
    return new UsageRecord(
        UUID.randomUUID(),
        callId,
        "chatcmpl-" + callId,
        status,
        false,
        false,
        "acompletion",
        startedAt,
        startedAt.plusSeconds(1),
        "red",
        null,
        "key",
        null,
        "ann",
        null,
        "openai",
        "gpt-4o",
        "gpt-4o",
        tokens,
        0,
        tokens,
        0);
  }

  static Reservation granted(Outcome outcome) {
    if (outcome instanceof Outcome.Granted granted) {
      return granted.grant().reservation();
    }
    throw new AssertionError("expected a grant but was " + outcome);
  }

  static Reservation ended(Outcome outcome) {
    return ((Outcome.Ended) outcome).reservation();
  }
}
