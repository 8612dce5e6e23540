package io.platformapi.service.openapi;

import static java.util.Map.entry;

import io.platformapi.routes.message.RunState;
import io.platformapi.service.edge.EdgeChange;
import io.platformapi.service.openapi.Catalogue.Entry;
import io.platformapi.service.openapi.Catalogue.Trait;
import io.platformapi.service.reconciliation.CounterDetails;
import io.platformapi.service.reconciliation.CounterVerdict;
import io.platformapi.service.reconciliation.Decisions;
import io.platformapi.service.reconciliation.DifferenceClass;
import io.platformapi.service.reconciliation.ItemDetails;
import io.platformapi.service.reconciliation.ItemStatus;
import io.platformapi.service.reconciliation.NewDecisions;
import io.platformapi.service.reconciliation.NewReconciliation;
import io.platformapi.service.reconciliation.NewReconciliationPolicy;
import io.platformapi.service.reconciliation.ReconciliationPolicyDetails;
import io.platformapi.service.reconciliation.RunDetails;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The endpoints of the reconciliation, for {@link Catalogue}. */
final class ReconciliationCatalogue {
  private static final String WINDOW =
      "{\"from\": \"2026-11-22T00:00:00Z\", \"to\": \"2026-11-23T00:00:00Z\"}";

  private static final String RUN =
      """
      {"id": "01a20a1c-0402-7123-b889-46e3ebb60103", "state": "completed", "trigger": "api",
       "window": {"from": "2026-11-22T00:00:00Z", "to": "2026-11-23T00:00:00Z",
                  "coveredTo": "2026-11-23T00:00:00Z"},
       "requestedBy": "m2m-umbrella", "createdAt": "2026-11-24T20:00:00.123456Z",
       "startedAt": "2026-11-24T20:00:00.2Z", "finishedAt": "2026-11-24T20:00:03.4Z",
       "attempts": 1, "error": null, "fetchedRows": 1204,
       "gateway": {"calls": 1200, "cost": {"amount": "3.100000000", "currency": "USD"}},
       "ledger": {"calls": 1150, "cost": {"amount": "2.950000000", "currency": "USD"}},
       "matchedCalls": 1150, "limitsPushed": 1,
       "totals": [{"difference": "missing_in_ledger", "items": 50, "inputTokens": 52000,
                   "outputTokens": 9100, "cost": {"amount": "0.150000000", "currency": "USD"},
                   "costAbsolute": {"amount": "0.150000000", "currency": "USD"}}],
       "counters": [{"verdict": "counter_ahead", "counters": 1,
                     "drift": {"amount": "0.400000000", "currency": "USD"}}]}
      """;

  private static final String ITEM =
      """
      {"id": "5f0c1f5e-6f7a-4a56-9f43-0d8f1ce7a1a2", "runId": "01a20a1c-0402-7123-b889-46e3ebb60103",
       "difference": "price",
       "reason": {"code": "cost_differs", "text": "the tokens agree and the cost does not"},
       "adjustment": "replace", "status": "proposed", "decision": null, "callId": "f3b1c2d4-call",
       "callStatus": "success", "teamId": "team_umbrella", "requestId": "chatcmpl-1",
       "gateway": {"startedAt": "2026-11-22T10:00:00.123Z", "keyHash": "9a1f…", "model": "gpt-4o",
                   "inputTokens": 1000, "outputTokens": 200,
                   "cost": {"amount": "0.012500000", "currency": "USD"}},
       "eventId": "1f8c2a37-7d0f-5a7e-8b54-9c1b57d0f001",
       "ledger": {"startedAt": "2026-11-22T10:00:00.123456Z", "keyHash": "9a1f…", "model": "gpt-4o",
                  "inputTokens": 1000, "outputTokens": 200,
                  "cost": {"amount": "0.012000000", "currency": "USD"}},
       "inputTokens": 0, "outputTokens": 0, "cost": {"amount": "0.000500000", "currency": "USD"},
       "batchId": null, "createdAt": "2026-11-24T20:00:02Z", "decidedAt": null, "decidedBy": null}
      """;

  private static final String POLICY =
      """
      {"enabled": true, "tolerance": {"cost": {"amount": "0.000001", "currency": "USD"}, "ppm": 100},
       "settleAfterSeconds": 86400, "pushLimits": true, "actions": {"price": "auto_adjust"}}
      """;

  private static final Map<String, Object> TIME = Tree.of("type", "string", "format", "date-time");
  private static final Map<String, Object> TEXT = Tree.of("type", "string");

  static final Map<String, Entry> ENDPOINTS =
      Map.ofEntries(
          entry(
              "GET /v1/reconciliations",
              new Entry("List the runs, youngest first", 200, RunDetails.class).with(Trait.PAGE)),
          entry(
              "POST /v1/reconciliations",
              new Entry("Ask for a run; it goes on in the background", 202, RunDetails.class)
                  .request(NewReconciliation.class, WINDOW)
                  .answer(RUN)
                  .with(Trait.LOCATION, Trait.BUSY)),
          entry(
              "GET /v1/reconciliations/{id}",
              new Entry("Read a run and its totals", 200, RunDetails.class).answer(RUN)),
          entry(
              "POST /v1/reconciliations/{id}/replay",
              new Entry("Ask for another run over the same window", 202, RunDetails.class)
                  .with(Trait.LOCATION, Trait.BUSY)),
          entry(
              "GET /v1/reconciliations/{id}/items",
              new Entry("List the differences that a run found", 200, ItemDetails.class)
                  .with(Trait.PAGE, Trait.CSV)),
          entry(
              "GET /v1/reconciliations/{id}/items/{item}",
              new Entry("Read a difference", 200, ItemDetails.class).answer(ITEM)),
          entry(
              "POST /v1/reconciliations/{id}/items/{item}/approve",
              new Entry("Post a proposed adjustment", 200, ItemDetails.class).with(Trait.BUSY)),
          entry(
              "POST /v1/reconciliations/{id}/items/{item}/reject",
              new Entry("Leave the ledger as it is", 200, ItemDetails.class).with(Trait.BUSY)),
          entry(
              "POST /v1/reconciliations/{id}/decisions",
              new Entry("Decide about several proposed adjustments", 200, Decisions.class)
                  .request(
                      NewDecisions.class,
                      """
                      {"decision": "approve", "items": ["5f0c1f5e-6f7a-4a56-9f43-0d8f1ce7a1a2"]}
                      """)
                  .answer(
                      """
                      {"items": [{"id": "5f0c1f5e-6f7a-4a56-9f43-0d8f1ce7a1a2", "status": "approved",
                                  "changed": true, "problem": null}]}
                      """)),
          entry(
              "GET /v1/reconciliations/{id}/counters",
              new Entry("List the gateway's counters beside both books", 200, CounterDetails.class)
                  .with(Trait.PAGE, Trait.CSV)),
          entry(
              "GET /v1/reconciliations/{id}/limits",
              new Entry("What a run did about limits at the edge", 200, EdgeChange.class)
                  .with(Trait.PAGE)),
          entry(
              "GET /v1/reconciliations/policy",
              new Entry("What is done about differences", 200, ReconciliationPolicyDetails.class)
                  .with(Trait.ETAG, Trait.NOT_MODIFIED)),
          entry(
              "PUT /v1/reconciliations/policy",
              new Entry("Replace the whole policy", 200, ReconciliationPolicyDetails.class)
                  .request(NewReconciliationPolicy.class, POLICY)
                  .with(Trait.ETAG, Trait.IF_MATCH)));

  /** By resource and parameter, where a name means something else than elsewhere. */
  static final Map<String, Map<String, Object>> QUERY =
      Map.ofEntries(
          entry(
              "ReconciliationResource.state",
              parameter(
                  "the last step done",
                  strings(Arrays.stream(RunState.values()).map(RunState::wire).toList()))),
          entry(
              "ReconciliationResource.from",
              parameter("runs whose window reaches beyond it", TIME)),
          entry("ReconciliationResource.to", parameter("runs whose window begins before it", TIME)),
          entry(
              "ReconciliationResource.difference",
              parameter(
                  "class of difference",
                  strings(
                      Arrays.stream(DifferenceClass.values())
                          .map(DifferenceClass::wire)
                          .toList()))),
          entry(
              "ReconciliationResource.status",
              parameter(
                  "what has become of it",
                  strings(Arrays.stream(ItemStatus.values()).map(ItemStatus::wire).toList()))),
          entry(
              "CounterResource.verdict",
              parameter(
                  "what the counter is beside the gateway's rows",
                  strings(
                      Arrays.stream(CounterVerdict.values()).map(CounterVerdict::wire).toList()))),
          entry("ReconciliationResource.callId", parameter("litellm_call_id", TEXT)),
          entry("ReconciliationResource.team", parameter("LiteLLM team", TEXT)),
          entry(
              "ReconciliationResource.key",
              parameter("hash or alias of the API key, on either side", TEXT)),
          entry("ReconciliationResource.model", parameter("model, on either side", TEXT)),
          entry(
              "ReconciliationResource.minCost",
              parameter(
                  "least difference in cost, whatever its sign, in the tenant's currency",
                  Tree.of("type", "string", "pattern", "^[0-9]{1,9}(\\.[0-9]{1,9})?$"))));

  /** Present in every answer, null when there is nothing to say. */
  static final Set<String> NULLABLE =
      Set.of(
          "RunDetails.startedAt",
          "RunDetails.finishedAt",
          "RunDetails.error",
          "ItemDetails.difference",
          "ItemDetails.reason",
          "ItemDetails.adjustment",
          "ItemDetails.decision",
          "ItemDetails.callId",
          "ItemDetails.teamId",
          "ItemDetails.requestId",
          "ItemDetails.gateway",
          "ItemDetails.eventId",
          "ItemDetails.ledger",
          "ItemDetails.batchId",
          "ItemDetails.decidedAt",
          "ItemDetails.decidedBy",
          "ItemDetailsSide.keyHash",
          "ItemDetailsSide.model",
          "DecisionsDecided.status",
          "DecisionsDecided.problem",
          "CounterDetails.windowStart",
          "CounterDetails.windowEnd",
          "CounterDetails.gateway",
          "CounterDetails.gatewayLeast",
          "CounterDetails.gatewayMost",
          "CounterDetails.ledger",
          "CounterDetails.drift",
          "CounterDetails.reason",
          "EdgeChange.edge",
          "EdgeChange.target",
          "EdgeChange.reason",
          "EdgeChange.before",
          "EdgeChange.after");

  /** What a request may leave out. */
  static final Set<String> OPTIONAL =
      Set.of(
          "NewReconciliation.from",
          "NewReconciliation.to",
          "NewReconciliationPolicy.enabled",
          "NewReconciliationPolicy.tolerance",
          "NewReconciliationPolicy.settleAfterSeconds",
          "NewReconciliationPolicy.pushLimits",
          "NewReconciliationPolicy.actions",
          "NewReconciliationPolicyTolerance.cost",
          "NewReconciliationPolicyTolerance.ppm");

  static final Map<String, String> DESCRIPTIONS =
      Map.ofEntries(
          entry("NewReconciliation.from", "where the last completed run has ended, when absent"),
          entry("NewReconciliation.to", "exclusive, past; all that has settled, when absent"),
          entry("RunDetailsWindow.coveredTo", "what is later had not settled: not looked at"),
          entry("RunDetailsTotal.cost", "gateway less ledger"),
          entry("RunDetailsTotal.costAbsolute", "the same without signs, added up"),
          entry("ItemDetails.cost", "gateway less ledger"),
          entry("ItemDetails.batchId", "batch of the ledger that the adjustment was posted in"),
          entry("NewDecisions.decision", "approve or reject"),
          entry("NewDecisions.items", "1 to 100 ids"),
          entry("DecisionsDecided.changed", "whether it was decided just now"),
          entry("DecisionsDecided.problem", "error code that it would have had alone"),
          entry("EdgeChange.before", "by the edge's own names"),
          entry(
              "NewReconciliationPolicy.actions",
              "by class: auto_adjust, propose or report_only; what is absent is the usual"),
          entry("NewReconciliationPolicyTolerance.ppm", "millionths of what the gateway says"),
          entry("ReconciliationPolicyDetails.version", "number of the ETag"));

  private ReconciliationCatalogue() {}

  private static Map<String, Object> strings(List<String> names) {
    return Tree.of("type", "string", "enum", names);
  }

  private static Map<String, Object> parameter(String description, Map<String, Object> schema) {
    return Tree.of("description", description, "schema", schema);
  }
}
