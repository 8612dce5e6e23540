package io.platformapi.service.openapi;

import static java.util.Map.entry;

import io.platformapi.service.openapi.Catalogue.Entry;
import io.platformapi.service.openapi.Catalogue.Trait;
import io.platformapi.service.quota.NewQuotaSimulation;
import io.platformapi.service.quota.QuotaSimulationReport;
import java.util.List;
import java.util.Map;

/** Simulated quotas, and what the book is asked by, for {@link Catalogue}. */
final class SimulationCatalogue {
  private static final String ASKED =
      """
      {"from": "2026-11-01T00:00:00Z", "to": "2026-12-01T00:00:00Z", "items": [
        {"dimension": "cost", "scope": {"user": "*"}, "window": "day",
         "limit": {"amount": "5", "currency": "USD"}}]}
      """;

  static final Map<String, Entry> ENDPOINTS =
      Map.ofEntries(
          entry(
              "POST /v1/quotas/simulate",
              new Entry("What other limits would have refused", 200, QuotaSimulationReport.class)
                  .request(NewQuotaSimulation.class, ASKED)
                  .with(Trait.NDJSON)));

  static final Map<String, Map<String, Object>> QUERY =
      Map.ofEntries(
          entry(
              "asOf",
              parameter(
                  "only what was posted before it counts; all that is posted when absent",
                  Tree.of("type", "string", "format", "date-time"))),
          entry(
              "series",
              parameter(
                  "tells the window in steps, too; of one name",
                  Tree.of("type", "string", "enum", List.of("hour", "day", "month")))),
          entry(
              "event",
              parameter(
                  "id of a call or of its usage event: what was posted for it",
                  Tree.of("type", "string"))),
          entry(
              "source",
              parameter(
                  "who told of the usage: gateway, settlement, or reconciliation: and the id of a run",
                  Tree.of("type", "string", "pattern", "^[a-z_]{1,40}(:[0-9a-f-]{36})?$"))));

  private SimulationCatalogue() {}

  private static Map<String, Object> parameter(String description, Map<String, Object> schema) {
    return Tree.of("description", description, "schema", schema);
  }
}
