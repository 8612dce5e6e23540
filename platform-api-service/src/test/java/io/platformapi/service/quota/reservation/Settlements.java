package io.platformapi.service.quota.reservation;

import io.platformapi.routes.message.CallStatus;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.quota.QuotaFixture;
import io.platformapi.service.quota.engine.QuotaAmounts;
import io.platformapi.service.usage.LedgerScope;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Settles calls for tests of other packages. */
public final class Settlements {

  private Settlements() {}

  /** A caller settles a call, and then the gateway tells of it. */
  public static void settleThenTell(
      QuotaFixture fixture, String tenant, String callId, QuotaAmounts actual, long tokens) {
    UUID id =
        Reserving.granted(
                fixture.reservations.reserve(
                    tenant, Reserving.request(callId, "ann", Reserving.tokens(1), null)))
            .id();
    fixture.reservations.end(tenant, Reserving.settle(id, actual));
    fixture.post(
        tenant,
        List.of(Reserving.event(callId, CallStatus.SUCCESS, tokens, fixture.clock.instant())));
  }

  /**
   * Reserves a call with what it used, and settles it with the same.
   *
   * @return whether it was granted
   */
  public static boolean reserveAndSettle(
      QuotaFixture fixture, String tenant, UsageRecord call, QuotaAmounts amounts) {
    Subject subject =
        new Subject(
            call.teamId(),
            call.userId(),
            call.endUser(),
            LedgerScope.API_KEY.nameOf(call),
            call.provider(),
            LedgerScope.MODEL.nameOf(call));
    Outcome outcome =
        fixture.reservations.reserve(
            tenant,
            new GrantRequest(
                null,
                subject,
                amounts,
                Reserving.TTL,
                "tests",
                Optional.empty(),
                grant -> Response.status(201).build()));
    if (outcome instanceof Outcome.Refused) {
      return false;
    }
    fixture.reservations.end(tenant, Reserving.settle(Reserving.granted(outcome).id(), amounts));
    return true;
  }
}
