package io.platformapi.service.quota.reservation;

import io.platformapi.routes.message.CallStatus;
import io.platformapi.service.quota.QuotaFixture;
import io.platformapi.service.quota.engine.QuotaAmounts;
import java.util.List;
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
}
