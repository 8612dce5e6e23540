package io.platformapi.service.openapi;

import static java.util.Map.entry;

import io.platformapi.service.openapi.Catalogue.Entry;
import io.platformapi.service.openapi.Catalogue.Trait;
import io.platformapi.service.quota.NewQuotaGrant;
import io.platformapi.service.quota.QuotaGrantDetails;
import io.platformapi.service.quota.QuotaStanding;
import java.util.Map;
import java.util.Set;

/** The endpoints of grants on limits, for {@link Catalogue}. */
final class GrantCatalogue {
  private static final String NEW =
      """
      {"amount": 5000, "subject": {"user": "ann"}, "validUntil": "2027-01-01T00:00:00Z",
       "rollover": true, "description": "bought in November"}
      """;

  private static final String DETAILS =
      """
      {"id": "01a20a1c-0402-7123-b889-46e3ebb60105",
       "quotaId": "01a20a1c-0402-7123-b889-46e3ebb60103", "subject": {"user": "ann"},
       "amount": 5000, "validFrom": "2026-11-24T20:00:00.123456Z",
       "validUntil": "2027-01-01T00:00:00Z", "endsAt": "2027-01-01T00:00:00Z", "priority": 100,
       "rollover": true, "description": "bought in November", "state": "active", "used": 1200,
       "left": 3800, "createdAt": "2026-11-24T20:00:00.123456Z", "createdBy": "m2m-umbrella"}
      """;

  private static final String STANDING =
      """
      {"subject": {"user": "ann"}, "quota": %s}
      """
          .formatted(ReservationCatalogue.LEVEL);

  static final Map<String, Entry> ENDPOINTS =
      Map.ofEntries(
          entry(
              "GET /v1/quotas/{id}/usage",
              new Entry("How a limit stands for all whom it counts", 200, QuotaStanding.class)
                  .answer("{\"items\": [%s], \"nextCursor\": null}".formatted(STANDING))
                  .with(Trait.PAGE)),
          entry(
              "GET /v1/quotas/{id}/grants",
              new Entry("List what is granted on top of a limit", 200, QuotaGrantDetails.class)
                  .answer("{\"items\": [%s], \"nextCursor\": null}".formatted(DETAILS))
                  .with(Trait.PAGE)),
          entry(
              "POST /v1/quotas/{id}/grants",
              new Entry("Grant units on top of a limit", 201, QuotaGrantDetails.class)
                  .request(NewQuotaGrant.class, NEW)
                  .answer(DETAILS)
                  .with(Trait.LOCATION, Trait.ETAG, Trait.IF_MATCH, Trait.CONFLICT)),
          entry(
              "GET /v1/quotas/{id}/grants/{grant}",
              new Entry("Read a grant", 200, QuotaGrantDetails.class)
                  .answer(DETAILS)
                  .with(Trait.ETAG)),
          entry(
              "DELETE /v1/quotas/{id}/grants/{grant}",
              new Entry("Revoke a grant; what was drawn stays drawn", 204, null)
                  .with(Trait.IF_MATCH)));

  /** Present in every answer, null when there is nothing to say. */
  static final Set<String> NULLABLE =
      Set.of(
          "QuotaGrantDetails.subject",
          "QuotaGrantDetails.validUntil",
          "QuotaGrantDetails.endsAt",
          "QuotaGrantDetails.used",
          "QuotaGrantDetails.left");

  /** What a request may leave out. */
  static final Set<String> OPTIONAL =
      Set.of(
          "NewQuotaGrant.subject",
          "NewQuotaGrant.validFrom",
          "NewQuotaGrant.validUntil",
          "NewQuotaGrant.priority",
          "NewQuotaGrant.rollover",
          "NewQuotaGrant.description");

  static final Map<String, String> DESCRIPTIONS =
      Map.ofEntries(
          entry("NewQuotaGrant.amount", "whole number from 1, or money for cost"),
          entry("NewQuotaGrant.subject", "a name for each scope that the limit counts each of"),
          entry("NewQuotaGrant.validFrom", "RFC 3339; now when absent"),
          entry("NewQuotaGrant.validUntil", "RFC 3339; without end when absent"),
          entry("NewQuotaGrant.priority", "0 to 1000, 100 when absent; the lowest is drawn first"),
          entry("NewQuotaGrant.rollover", "whether what is left outlives the window; else false"),
          entry("QuotaGrantDetails.subject", "null for all that the limit counts"),
          entry(
              "QuotaGrantDetails.endsAt", "with its window, unless it rolls over; null for never"),
          entry("QuotaGrantDetails.state", "pending, active or ended"),
          entry("QuotaGrantDetails.used", "drawn, be it only held; null when each has its own"),
          entry("QuotaStanding.subject", "the names that stand for *; empty without one"),
          entry("UsageReportLimit.granted", "on top of the limit in this window"),
          entry("UsageReportLimit.held", "by open reservations; of the present window"),
          entry("QuotaLevel.granted", "what grants add to the limit in this window"));

  private GrantCatalogue() {}
}
