package io.platformapi.service.quota;

import io.dropwizard.auth.Auth;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.auth.Requires;
import io.platformapi.service.http.RateLimit;
import io.platformapi.service.quota.engine.Decision;
import io.platformapi.service.quota.engine.QuotaState;
import io.platformapi.service.quota.reservation.Outcome;
import io.platformapi.service.quota.reservation.ReservationService;
import io.platformapi.service.usage.LedgerTenants;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.util.List;

/** {@code /v1/quotas/check}: whether calls would be granted, without holding anything. */
@Path("/v1/quotas/check")
@Produces(MediaType.APPLICATION_JSON)
public final class QuotaCheckResource {
  private final ReservationService reservations;
  private final LedgerTenants tenants;
  private final Clock clock;
  private final QuotaAnswers answers = new QuotaAnswers();

  public QuotaCheckResource(ReservationService reservations, LedgerTenants tenants, Clock clock) {
    this.reservations = reservations;
    this.tenants = tenants;
    this.clock = clock;
  }

  /** One call, or up to a hundred as items: the answer has the form of the question. */
  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Requires(Permission.QUOTAS_READ)
  public Response check(@Auth Caller caller, QuotaCheckRequest asked) {
    String currency = tenants.get(caller.tenant()).currency();
    List<Outcome> outcomes =
        reservations.check(caller.tenant(), QuotaCheckRules.check(asked, currency));
    if (asked.items() != null) {
      return Response.ok(
              new QuotaCheckAnswer.Items(
                  outcomes.stream().map(o -> QuotaCheckAnswer.of(o, currency)).toList()))
          .build();
    }
    Outcome only = outcomes.get(0);
    return RateLimit.put(
            Response.ok(QuotaCheckAnswer.of(only, currency)),
            answers.limits(states(only), clock.instant()))
        .build();
  }

  private static List<QuotaState> states(Outcome outcome) {
    if (outcome instanceof Outcome.Refused refused) {
      return refused.decision().refusing().stream().map(Decision.Refusal::state).toList();
    }
    return outcome instanceof Outcome.Allowed allowed ? allowed.states() : List.of();
  }
}
