package io.platformapi.service.quota;

import io.dropwizard.auth.Auth;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.auth.Requires;
import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.problem.ResourceNotFoundException;
import io.platformapi.service.quota.engine.QuotaAmounts;
import io.platformapi.service.quota.reservation.EndRequest;
import io.platformapi.service.quota.reservation.GrantRequest;
import io.platformapi.service.quota.reservation.Outcome;
import io.platformapi.service.quota.reservation.Reservation;
import io.platformapi.service.quota.reservation.ReservationService;
import io.platformapi.service.usage.LedgerTenants;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;

/** {@code /v1/quotas/reservations}: holds quotas before the work, settles or releases after it. */
@Path("/v1/quotas/reservations")
@Produces(MediaType.APPLICATION_JSON)
public final class ReservationResource {
  private final ReservationService reservations;
  private final LedgerTenants tenants;
  private final Clock clock;
  private final QuotaAnswers answers = new QuotaAnswers();

  public ReservationResource(ReservationService reservations, LedgerTenants tenants, Clock clock) {
    this.reservations = reservations;
    this.tenants = tenants;
    this.clock = clock;
  }

  /** Holds all quotas that count it, or none: then 429. */
  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Requires(Permission.QUOTAS_RESERVE)
  public Response reserve(
      @Auth Caller caller, @Context ContainerRequestContext request, NewReservation wanted) {
    String currency = tenants.get(caller.tenant()).currency();
    GrantRequest checked =
        ReservationRules.check(
            wanted,
            currency,
            caller.actor(),
            key(caller, request),
            grant -> answers.granted(grant, currency));
    Outcome outcome = reservations.reserve(caller.tenant(), checked);
    if (outcome instanceof Outcome.Granted granted) {
      return answers.granted(granted.grant(), currency);
    }
    if (outcome instanceof Outcome.Refused refused) {
      return answers.refused(refused, currency, clock.instant());
    }
    return outcome instanceof Outcome.Replayed replayed
        ? replayed.answer()
        : Response.ok(ReservationGrant.DEGRADED).build();
  }

  @GET
  @Path("/{id}")
  @Requires(Permission.QUOTAS_READ)
  public ReservationDetails get(@Auth Caller caller, @PathParam("id") String id) {
    return details(
        reservations.get(caller.tenant(), id(id)), tenants.get(caller.tenant()).currency());
  }

  /** Posts what was used; what was held goes. */
  @POST
  @Path("/{id}/settle")
  @Consumes(MediaType.APPLICATION_JSON)
  @Requires(Permission.QUOTAS_RESERVE)
  public Response settle(
      @Auth Caller caller,
      @Context ContainerRequestContext request,
      @PathParam("id") String id,
      Settlement settlement) {
    String currency = tenants.get(caller.tenant()).currency();
    return end(caller, request, id(id), ReservationRules.check(settlement, currency), currency);
  }

  /** What was held goes, and nothing is posted; settled storage and seats are given back. */
  @POST
  @Path("/{id}/release")
  @Requires(Permission.QUOTAS_RESERVE)
  public Response release(
      @Auth Caller caller, @Context ContainerRequestContext request, @PathParam("id") String id) {
    return end(caller, request, id(id), null, tenants.get(caller.tenant()).currency());
  }

  private Response end(
      Caller caller,
      ContainerRequestContext request,
      UUID id,
      QuotaAmounts actual,
      String currency) {
    Outcome outcome =
        reservations.end(
            caller.tenant(),
            new EndRequest(
                id,
                actual,
                caller.actor(),
                key(caller, request),
                ended -> answer(ended, currency)));
    return outcome instanceof Outcome.Replayed replayed
        ? replayed.answer()
        : answer(((Outcome.Ended) outcome).reservation(), currency);
  }

  private Response answer(Reservation reservation, String currency) {
    return Response.ok(details(reservation, currency), MediaType.APPLICATION_JSON_TYPE).build();
  }

  private ReservationDetails details(Reservation reservation, String currency) {
    return ReservationDetails.of(reservation, currency, clock.instant());
  }

  private static Optional<IdempotentRequest> key(Caller caller, ContainerRequestContext request) {
    return IdempotentRequest.of(request, caller.tenant(), caller.actor());
  }

  private static UUID id(String id) {
    try {
      UUID parsed = UUID.fromString(id);
      if (parsed.toString().equalsIgnoreCase(id)) {
        return parsed;
      }
    } catch (IllegalArgumentException e) {
      // As unknown as any other that is none of ours.
    }
    throw new ResourceNotFoundException("reservation");
  }
}
