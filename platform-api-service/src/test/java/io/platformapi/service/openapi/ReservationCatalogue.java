package io.platformapi.service.openapi;

import static java.util.Map.entry;

import io.platformapi.service.openapi.Catalogue.Entry;
import io.platformapi.service.openapi.Catalogue.Trait;
import io.platformapi.service.quota.NewReservation;
import io.platformapi.service.quota.QuotaCheckAnswer;
import io.platformapi.service.quota.QuotaCheckRequest;
import io.platformapi.service.quota.ReservationDetails;
import io.platformapi.service.quota.ReservationGrant;
import io.platformapi.service.quota.Settlement;
import java.util.Map;
import java.util.Set;

/** The endpoints of reservations, for {@link Catalogue}. */
final class ReservationCatalogue {
  private static final String NEW =
      """
      {"requestId": "f3b1c2d4-call", "subject": {"team": "red", "user": "ann"},
       "provider": "openai", "model": "gpt-4o",
       "estimates": {"inputTokens": 1200, "outputTokens": 400,
                     "cost": {"amount": "0.0125", "currency": "USD"}},
       "ttlSeconds": 120}
      """;

  static final String LEVEL =
      """
      {"quotaId": "01a20a1c-0402-7123-b889-46e3ebb60103", "dimension": "total_tokens",
       "scope": {"type": "user", "id": "*"}, "window": "day", "mode": "enforce",
       "limit": 10000, "granted": 0, "used": 2000, "held": 1600, "remaining": 6400,
       "resetAt": "2026-11-25T00:00:00Z"}
      """;

  private static final String GRANT =
      """
      {"id": "01a20a1c-0402-7123-b889-46e3ebb60104", "requestId": "f3b1c2d4-call",
       "state": "open", "granted": true, "degraded": false, "quotas": [%s],
       "expiresAt": "2026-11-24T20:02:00.123456Z"}
      """
          .formatted(LEVEL);

  private static final String DETAILS =
      """
      {"id": "01a20a1c-0402-7123-b889-46e3ebb60104", "requestId": "f3b1c2d4-call",
       "state": "settled",
       "subject": {"team": "red", "user": "ann", "endUser": null, "apiKey": null},
       "provider": "openai", "model": "gpt-4o",
       "estimates": {"inputTokens": 1200, "outputTokens": 400, "requests": 1,
                     "cost": {"amount": "0.012500000", "currency": "USD"},
                     "storageBytes": 0, "seats": 0},
       "actual": {"inputTokens": 1180, "outputTokens": 512, "requests": 1,
                  "cost": {"amount": "0.013100000", "currency": "USD"},
                  "storageBytes": 0, "seats": 0},
       "settledBy": "caller",
       "holds": [{"quotaId": "01a20a1c-0402-7123-b889-46e3ebb60103",
                  "window": "2026-11-24T00:00:00Z", "amount": 1600}],
       "createdBy": "m2m-umbrella", "createdAt": "2026-11-24T20:00:00.123456Z",
       "expiresAt": "2026-11-24T20:02:00.123456Z", "endedBy": "m2m-umbrella",
       "endedAt": "2026-11-24T20:00:04.5Z"}
      """;

  static final Map<String, Entry> ENDPOINTS =
      Map.ofEntries(
          entry(
              "POST /v1/quotas/check",
              new Entry("Ask whether calls would be granted", 200, QuotaCheckAnswer.class)
                  .request(
                      QuotaCheckRequest.class,
                      "{\"subject\": {\"user\": \"ann\"}, \"model\": \"gpt-4o\","
                          + " \"estimates\": {\"inputTokens\": 1200}}")
                  .answer(
                      """
                      {"granted": true, "degraded": false, "quotas": [%s], "refusal": null}
                      """
                          .formatted(LEVEL))
                  .with(Trait.RATE_LIMIT)),
          entry(
              "POST /v1/quotas/reservations",
              new Entry("Hold all quotas that count a call, or none", 201, ReservationGrant.class)
                  .request(NewReservation.class, NEW)
                  .answer(GRANT)
                  .with(Trait.LOCATION, Trait.RATE_LIMIT, Trait.CONFLICT, Trait.QUOTA)),
          entry(
              "GET /v1/quotas/reservations/{id}",
              new Entry("Read a reservation", 200, ReservationDetails.class).answer(DETAILS)),
          entry(
              "POST /v1/quotas/reservations/{id}/settle",
              new Entry("Post what was used; what was held goes", 200, ReservationDetails.class)
                  .request(
                      Settlement.class,
                      "{\"actual\": {\"inputTokens\": 1180, \"outputTokens\": 512}}")
                  .answer(DETAILS)
                  .with(Trait.CONFLICT)),
          entry(
              "POST /v1/quotas/reservations/{id}/release",
              new Entry("Give back what is held", 200, ReservationDetails.class)
                  .with(Trait.CONFLICT)));

  /** Present in every answer, null when there is nothing to say. */
  static final Set<String> NULLABLE =
      Set.of(
          "QuotaLevel.resetAt",
          "QuotaRefusal.retryAt",
          "QuotaCheckAnswer.refusal",
          "ReservationGrant.id",
          "ReservationGrant.requestId",
          "ReservationGrant.state",
          "ReservationGrant.expiresAt",
          "ReservationDetails.provider",
          "ReservationDetails.model",
          "ReservationDetails.actual",
          "ReservationDetails.settledBy",
          "ReservationDetails.endedBy",
          "ReservationDetails.endedAt");

  /** What a request may leave out. */
  static final Set<String> OPTIONAL =
      Set.of(
          "CallSubject.team",
          "CallSubject.user",
          "CallSubject.endUser",
          "CallSubject.apiKey",
          "CallAmounts.inputTokens",
          "CallAmounts.outputTokens",
          "CallAmounts.requests",
          "CallAmounts.cost",
          "CallAmounts.storageBytes",
          "CallAmounts.seats",
          "NewReservation.requestId",
          "NewReservation.subject",
          "NewReservation.provider",
          "NewReservation.model",
          "NewReservation.estimates",
          "NewReservation.ttlSeconds",
          "QuotaCheckRequest.items",
          "QuotaCheckRequest.subject",
          "QuotaCheckRequest.provider",
          "QuotaCheckRequest.model",
          "QuotaCheckRequest.estimates",
          "QuotaCheckRequestItem.subject",
          "QuotaCheckRequestItem.provider",
          "QuotaCheckRequestItem.model",
          "QuotaCheckRequestItem.estimates");

  static final Map<String, String> DESCRIPTIONS =
      Map.ofEntries(
          entry("CallSubject.apiKey", "hash of the gateway's key, or its alias"),
          entry("CallAmounts.requests", "1 for a call when absent"),
          entry("CallAmounts.storageBytes", "not beside what a call uses"),
          entry("CallAmounts.seats", "not beside what a call uses"),
          entry("NewReservation.requestId", "litellm_call_id of the call; the id when absent"),
          entry("NewReservation.ttlSeconds", "1 to 86400, 300 when absent"),
          entry("QuotaCheckRequest.items", "1 to 100, alone; the answer then has items, too"),
          entry("QuotaLevel.resetAt", "end of the window; null for lifetime"),
          entry("QuotaLevel.remaining", "never below zero"),
          entry("QuotaCheckAnswer.degraded", "nobody could be asked, and the tenant fails open"),
          entry("ReservationGrant.degraded", "it holds nothing: see failMode"),
          entry("ReservationDetails.state", "open, settled, released or expired"),
          entry("ReservationDetails.settledBy", "caller or event"),
          entry("ReservationDetailsHeldQuota.amount", "of cost in nano-units"));

  private ReservationCatalogue() {}
}
