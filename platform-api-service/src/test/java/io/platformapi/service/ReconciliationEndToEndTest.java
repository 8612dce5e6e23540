package io.platformapi.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.PlayedEdge;
import io.platformapi.service.testing.TenantSql;
import io.platformapi.service.testing.TopicWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From the gateway's spend log to the decision of a person, over HTTP alone. */
class ReconciliationEndToEndTest {
  private static final String PATH = "/v1/reconciliations";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Instant DAY =
      Instant.now().minus(Duration.ofDays(4)).truncatedTo(ChronoUnit.DAYS);

  private static PlayedEdge edge;
  private static PlatformUnderTest platform;
  private static TenantSql sql;

  private String tenant;
  private PlatformClient client;

  @BeforeAll
  static void start() throws Exception {
    edge = new PlayedEdge();
    PlatformSettings settings =
        PlatformSettings.create()
            .with("KONG_URL", edge.url().toString())
            .with("LITELLM_API_KEY", "sk-admin")
            .with("KONG_ADMIN_TOKEN", "kong-token");
    platform = PlatformUnderTest.start(settings);
    sql = new TenantSql(settings);
  }

  @AfterAll
  static void stop() {
    platform.close();
    edge.close();
  }

  @BeforeEach
  void twoBooks() {
    tenant = "t-" + UUID.randomUUID().toString().substring(0, 8);
    platform.createTenant(tenant);
    client = platform.clientOf(tenant);
    edge.team("team_" + tenant);
    edge.consumer(tenant);
    try (TopicWriter topic = new TopicWriter(platform.settings().usageTopic())) {
      topic.send(tenant, event("same", "0.001"));
      topic.send(tenant, event("cheap", "0.002"));
      topic.send(tenant, event("dear", "0.003"));
      topic.send(tenant, event("alone", "0.004"));
    }
    edge.spent("team_" + tenant, tenant + "-same", DAY.plusSeconds(60), "0.001");
    edge.spent("team_" + tenant, tenant + "-cheap", DAY.plusSeconds(60), "0.0025");
    edge.spent("team_" + tenant, tenant + "-dear", DAY.plusSeconds(60), "0.0027");
    edge.spent("team_" + tenant, tenant + "-lost", DAY.plusSeconds(60), "0.01");
    await("the events are in the book")
        .atMost(PATIENCE)
        .until(() -> sql.tenant(tenant, "SELECT count(*) FROM usage_events").get(0).equals("4"));
  }

  @Test
  void lostCallsArePostedAndWhatIsProposedWaitsForAPersonOnce() {
    assertThat(cost()).isEqualTo("0.010000000");
    String run = completed(client.post(PATH, window()).mustBe(202));
    Map<String, JsonNode> items = items(run);
    assertThat(summary(items))
        .containsOnly(
            Map.entry("lost", "missing_in_ledger posted"),
            Map.entry("cheap", "price proposed"),
            Map.entry("dear", "price proposed"),
            Map.entry("alone", "missing_in_gateway reported"));
    assertThat(cost()).isEqualTo("0.020000000");
    JsonNode told = client.get(PATH + "/" + run).mustBe(200).json();
    assertThat(told.at("/gateway/calls").asLong()).isEqualTo(4);
    assertThat(told.at("/ledger/calls").asLong()).isEqualTo(4);

    String cheap = PATH + "/" + run + "/items/" + items.get("cheap").get("id").asText();
    PlatformClient keyed = client.with("Idempotency-Key", "approval");
    Answer approved = keyed.post(cheap + "/approve", "").mustBe(200);
    assertThat(approved.json().get("status").asText()).isEqualTo("approved");
    assertThat(approved.json().get("batchId").isNull()).isFalse();
    assertThat(cost()).isEqualTo("0.020500000");
    assertThat(keyed.post(cheap + "/approve", "").mustBe(200).body()).isEqualTo(approved.body());
    client.post(cheap + "/approve", "").mustBe(409);
    client.post(cheap + "/reject", "").mustBe(409);
    assertThat(cost()).isEqualTo("0.020500000");

    String dear = PATH + "/" + run + "/items/" + items.get("dear").get("id").asText();
    client.post(dear + "/reject", "").mustBe(200);
    assertThat(cost()).isEqualTo("0.020500000");
    assertThat(
            sql.tenant(
                tenant,
                "SELECT action FROM audit_events WHERE action LIKE 'reconciliation.%' ORDER BY id"))
        .containsExactly(
            "reconciliation.started",
            "reconciliation.item_approved",
            "reconciliation.item_rejected");

    String again = completed(client.post(PATH + "/" + run + "/replay", "").mustBe(202));
    assertThat(summary(items(again)).values()).doesNotContain("missing_in_ledger posted");
    assertThat(cost()).isEqualTo("0.020500000");
  }

  @Test
  void whoeverApprovesAtTheSameTimeItIsPostedOnce() throws Exception {
    String run = completed(client.post(PATH, window()).mustBe(202));
    String cheap = PATH + "/" + run + "/items/" + items(run).get("cheap").get("id").asText();
    ExecutorService callers = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Integer>> calls =
          Collections.nCopies(8, () -> client.post(cheap + "/approve", "").status());
      List<Integer> statuses = new ArrayList<>();
      for (Future<Integer> answer : callers.invokeAll(calls)) {
        statuses.add(answer.get());
      }
      assertThat(statuses).containsOnly(200, 409).containsOnlyOnce(200);
    } finally {
      callers.shutdownNow();
    }
    assertThat(cost()).isEqualTo("0.020500000");
    assertThat(
            sql.tenant(
                tenant,
                "SELECT count(*) FROM audit_events"
                    + " WHERE action = 'reconciliation.item_approved'"))
        .containsExactly("1");
  }

  @Test
  void anApprovalWhoseNodeDiedBeforeItAnsweredIsAnsweredToTheRepetition() {
    String run = completed(client.post(PATH, window()).mustBe(202));
    Map<String, JsonNode> items = items(run);
    String cheap = PATH + "/" + run + "/items/" + items.get("cheap").get("id").asText();
    PlatformClient keyed = client.with("Idempotency-Key", "once");
    String first = keyed.post(cheap + "/approve", "").mustBe(200).body();
    forgetAnswers();
    assertThat(keyed.post(cheap + "/approve", "").mustBe(200).body()).isEqualTo(first);
    // It was the request that was done, not the wish.
    client.with("Idempotency-Key", "other").post(cheap + "/approve", "").mustBe(409);

    String decisions = PATH + "/" + run + "/decisions";
    String body =
        "{\"decision\":\"reject\",\"items\":[\"%s\"]}"
            .formatted(items.get("dear").get("id").asText());
    keyed.post(decisions, body).mustBe(200);
    forgetAnswers();
    assertThat(keyed.post(decisions, body).mustBe(200).json().get("items"))
        .hasToString(
            "[{\"id\":\"%s\",\"status\":\"rejected\",\"changed\":false,\"problem\":null}]"
                .formatted(items.get("dear").get("id").asText()));
    assertThat(cost()).isEqualTo("0.020500000");
  }

  @Test
  void severalAreApprovedAtOnce() {
    String run = completed(client.post(PATH, window()).mustBe(202));
    Map<String, JsonNode> items = items(run);
    Answer answer =
        client
            .post(
                PATH + "/" + run + "/decisions",
                "{\"decision\":\"approve\",\"items\":[\"%s\",\"%s\",\"%s\"]}"
                    .formatted(
                        items.get("cheap").get("id").asText(),
                        items.get("dear").get("id").asText(),
                        items.get("alone").get("id").asText()))
            .mustBe(200);
    assertThat(answer.json().get("items").findValuesAsText("status"))
        .containsExactly("approved", "approved", "reported");
    assertThat(answer.json().get("items").findValuesAsText("problem"))
        .containsExactly("null", "null", "conflict");
    assertThat(cost()).isEqualTo("0.020200000");
  }

  @Test
  void limitsArePushedByTheRunWhenThePolicySaysSo() {
    client
        .put(
            "/v1/quotas",
            """
            {"items": [{"dimension": "cost", "scope": {"team": "team_%s"}, "window": "month",
              "limit": {"amount": "12.5", "currency": "USD"}},
              {"dimension": "total_tokens", "window": "day", "limit": 5}]}"""
                .formatted(tenant))
        .mustBe(200);
    String quiet = completed(client.post(PATH, window()).mustBe(202));
    assertThat(client.get(PATH + "/" + quiet + "/limits").mustBe(200).json().get("items"))
        .isEmpty();
    assertThat(edge.teamNow("team_" + tenant).has("max_budget")).isFalse();

    client.put(PATH + "/policy", "{\"pushLimits\": true}").mustBe(200);
    String run = completed(client.post(PATH, window()).mustBe(202));
    assertThat(client.get(PATH + "/" + run).json().get("limitsPushed").asInt()).isEqualTo(1);
    JsonNode first = client.get(PATH + "/" + run + "/limits?limit=1").mustBe(200).json();
    assertThat(first.at("/items/0/outcome").asText()).isEqualTo("pushed");
    assertThat(first.at("/items/0/after/max_budget").asText()).isEqualTo("12.5");
    JsonNode second =
        client
            .get(PATH + "/" + run + "/limits?limit=1&cursor=" + first.get("nextCursor").asText())
            .mustBe(200)
            .json();
    assertThat(second.at("/items/0/reason").asText()).isEqualTo("dimension");
    assertThat(edge.teamNow("team_" + tenant).get("max_budget").asDouble()).isEqualTo(12.5);
    client.get(PATH + "/" + UUID.randomUUID() + "/limits").mustBe(404);

    edge.fail("/litellm/team", 500);
    String despite = completed(client.post(PATH, window()).mustBe(202));
    edge.fail("/litellm/team", 0);
    assertThat(client.get(PATH + "/" + despite + "/limits").json().at("/items/0/outcome").asText())
        .isEqualTo("failed");
  }

  @Test
  void whatLiteLlmTellsOfATeamsSpendIsComparedByTheRunThatCoversIt() {
    client.put(PATH + "/policy", "{\"settleAfterSeconds\": 0}").mustBe(200);
    edge.teamNow("team_" + tenant)
        .put("created_at", DAY.plusSeconds(10).toString())
        .put("spend", 0.0162);
    String asks = completed(client.post(PATH, untilNow()).mustBe(202));
    assertThat(counters(asks)).isEmpty();
    String agrees = completed(client.post(PATH, untilNow()).mustBe(202));
    assertThat(counters(agrees))
        .containsExactly("team agrees 0.016200000 0.016200000 0.016200000 null");

    double ahead = meter("platform_reconciliation_counters_total{verdict=\"counter_ahead\"}");
    double drift =
        meter("platform_reconciliation_counters_drift_nanos_total{verdict=\"counter_ahead\"}");
    edge.teamNow("team_" + tenant).put("spend", 0.02);
    completed(client.post(PATH, untilNow()).mustBe(202));
    // LiteLLM that is down costs the run nothing: what it told before is compared.
    edge.fail("/litellm/team", 500);
    String drifted = completed(client.post(PATH, untilNow()).mustBe(202));
    edge.fail("/litellm/team", 0);
    assertThat(counters(drifted))
        .containsExactly("team counter_ahead 0.020000000 0.016200000 0.016200000 null");
    assertThat(client.get(PATH + "/" + drifted).json().at("/counters/0/drift/amount").asText())
        .isEqualTo("0.003800000");
    await("the counter is counted")
        .atMost(PATIENCE)
        .until(
            () ->
                meter("platform_reconciliation_counters_total{verdict=\"counter_ahead\"}")
                    == ahead + 1);
    assertThat(
            meter("platform_reconciliation_counters_drift_nanos_total{verdict=\"counter_ahead\"}"))
        .isEqualTo(drift + 3_800_000);
  }

  /** Up to a whole second that is past, and after what was told of counters. */
  private String untilNow() {
    String told = "SELECT coalesce(ceil(extract(epoch FROM max(occurred_at))), 0)::bigint FROM ";
    long after = Long.parseLong(sql.tenant(tenant, told + "gateway_snapshots").get(0));
    await("the next second").until(() -> Instant.now().getEpochSecond() >= after);
    return "{\"from\": \"%s\", \"to\": \"%s\"}".formatted(DAY, Instant.now());
  }

  /** Scope, verdict and the figures of each counter, and why it is not compared. */
  private List<String> counters(String run) {
    List<String> counters = new ArrayList<>();
    client
        .get(PATH + "/" + run + "/counters")
        .mustBe(200)
        .json()
        .get("items")
        .forEach(
            item ->
                counters.add(
                    String.join(
                        " ",
                        item.get("scope").asText(),
                        item.get("verdict").asText(),
                        item.get("counter").asText(),
                        item.get("gateway").asText(),
                        item.get("gatewayLeast").asText(),
                        item.get("reason").asText())));
    return counters;
  }

  @Test
  void operatorsStartPauseAndSee() {
    PlatformClient operator = platform.operator();
    JsonNode started =
        operator
            .post(
                "/tasks/reconcile?by=ann&tenant=%s&from=%s&to=%s"
                    .formatted(tenant, DAY, DAY.plus(Duration.ofDays(1))),
                "")
            .mustBe(200)
            .json();
    assertThat(started.get("trigger").asText()).isEqualTo("task");
    assertThat(started.get("requestedBy").asText()).isEqualTo("operator:ann");
    await("the run")
        .atMost(PATIENCE)
        .until(
            () ->
                operator
                    .post("/tasks/reconcile-state?tenant=" + tenant, "")
                    .mustBe(200)
                    .json()
                    .at("/items/0/runs/0/state")
                    .asText()
                    .equals("completed"));

    JsonNode paused =
        operator
            .post("/tasks/reconcile-pause?by=ann&tenant=" + tenant, "")
            .mustBe(200)
            .json()
            .at("/items/0");
    assertThat(paused.get("tenant").asText()).isEqualTo(tenant);
    assertThat(paused.get("scheduled").asBoolean()).isFalse();
    assertThat(client.get(PATH + "/policy").json().get("enabled").asBoolean()).isFalse();
    operator.post("/tasks/reconcile-resume?by=ann&tenant=" + tenant, "").mustBe(200);
    assertThat(client.get(PATH + "/policy").json().get("enabled").asBoolean()).isTrue();
    assertThat(
            sql.tenant(
                tenant,
                "SELECT actor FROM audit_events"
                    + " WHERE action = 'reconciliation.policy_updated'"))
        .containsExactly("operator:ann", "operator:ann");

    assertThat(operator.post("/tasks/reconcile?tenant=" + tenant, "").mustBe(422).fields())
        .containsExactly("by");
    assertThat(
            operator
                .post("/tasks/reconcile?by=ann&to=2999-01-01T00:00:00Z&tenant=" + tenant, "")
                .mustBe(422)
                .fields())
        .containsExactly("to");
    assertThat(operator.post("/tasks/reconcile-state", "").mustBe(422).fields())
        .containsExactly("tenant");
    assertThat(operator.post("/tasks/reconcile-state?tenant=nobody", "").status()).isEqualTo(404);
  }

  @Test
  void metersTellOfRunsAndOfTheOldestOpenDifference() {
    double completed = meter("platform_reconciliation_runs_total{outcome=\"completed\"}");
    double price = meter("platform_reconciliation_drift_cost_nanos_total{difference=\"price\"}");
    double missing =
        meter(
            "platform_reconciliation_drift_tokens_total{difference=\"missing_in_ledger\","
                + "direction=\"input\"}");
    completed(client.post(PATH, window()).mustBe(202));
    await("the run is counted")
        .atMost(PATIENCE)
        .until(
            () ->
                meter("platform_reconciliation_runs_total{outcome=\"completed\"}")
                    == completed + 1);
    assertThat(meter("platform_reconciliation_drift_cost_nanos_total{difference=\"price\"}"))
        .isEqualTo(price + 500_000 + 300_000);
    assertThat(
            meter(
                "platform_reconciliation_drift_tokens_total{difference=\"missing_in_ledger\","
                    + "direction=\"input\"}"))
        .isEqualTo(missing + 10);
    await("the age of the oldest difference")
        .atMost(PATIENCE)
        .until(() -> meter("platform_reconciliation_open_age_seconds") > 0);
    assertThat(
            sql.admin(
                "SELECT outcome FROM reconciliation_overview WHERE tenant_id = '" + tenant + "'"))
        .containsExactly("completed");
    assertThat(platform.operator().get("/metrics").body())
        .contains("platform_reconciliation_covered_lag_seconds")
        .contains("platform_reconciliation_pull_lag_seconds");
  }

  @Test
  void theOverviewKnowsWhenNothingIsOpenAnyMore() {
    String run = completed(client.post(PATH, window()).mustBe(202));
    Map<String, JsonNode> items = items(run);
    await("the overview").atMost(PATIENCE).until(() -> openSince().equals("true"));
    sql.tenant(
        tenant, "UPDATE reconciliation_items SET status = 'superseded' WHERE status = 'reported'");
    String path = PATH + "/" + run + "/items/";
    client.post(path + items.get("cheap").get("id").asText() + "/approve", "").mustBe(200);
    assertThat(openSince()).isEqualTo("true");
    client.post(path + items.get("dear").get("id").asText() + "/reject", "").mustBe(200);
    assertThat(openSince()).isEqualTo("false");
  }

  /** Whether a difference is open; empty before the tenant's first run has ended. */
  private String openSince() {
    return String.join(
        "",
        sql.admin(
            "SELECT CASE WHEN open_since IS NULL THEN 'false' ELSE 'true' END"
                + " FROM reconciliation_overview WHERE tenant_id = '"
                + tenant
                + "'"));
  }

  /** As if the node had died after the work and before its answer was kept. */
  private void forgetAnswers() {
    sql.tenant(
        tenant,
        "UPDATE idempotency_keys SET status = NULL, headers = NULL, body = NULL"
            + " WHERE scope LIKE '%/approve' OR scope LIKE '%/decisions'");
  }

  /** Waits for the end of the run that was accepted; its id. */
  private String completed(Answer accepted) {
    String id = accepted.json().get("id").asText();
    await("the run is over")
        .atMost(PATIENCE)
        .until(
            () -> client.get(accepted.header("Location")).mustBe(200).json().get("state").asText(),
            state -> state.equals("completed"));
    return id;
  }

  /** The differences of a run by the end of their calls' ids. */
  private Map<String, JsonNode> items(String run) {
    Map<String, JsonNode> items = new TreeMap<>();
    client
        .get(PATH + "/" + run + "/items")
        .mustBe(200)
        .json()
        .get("items")
        .forEach(item -> items.put(item.get("callId").asText().replace(tenant + "-", ""), item));
    return items;
  }

  private static Map<String, String> summary(Map<String, JsonNode> items) {
    Map<String, String> summary = new TreeMap<>();
    items.forEach(
        (call, item) ->
            summary.put(call, item.get("difference").asText() + " " + item.get("status").asText()));
    return summary;
  }

  /** What the tenant's book says that it has cost. */
  private String cost() {
    return client
        .get("/v1/quotas/usage?window=lifetime")
        .mustBe(200)
        .json()
        .at("/items/0/usage/cost/amount")
        .asText();
  }

  private static double meter(String name) {
    return platform
        .operator()
        .get("/metrics")
        .mustBe(200)
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .map(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElse(0.0);
  }

  private static String window() {
    return "{\"from\": \"%s\", \"to\": \"%s\"}".formatted(DAY, DAY.plus(Duration.ofDays(1)));
  }

  private byte[] event(String call, String cost) {
    return """
        {"litellm_call_id": "%1$s-%2$s", "id": "chatcmpl-%1$s-%2$s", "status": "success",
         "startTime": %3$d, "endTime": %3$d, "model": "gpt-4o", "model_group": "gpt-4o",
         "custom_llm_provider": "openai", "call_type": "acompletion", "prompt_tokens": 10,
         "completion_tokens": 5, "total_tokens": 15, "response_cost": %4$s,
         "metadata": {"user_api_key_team_id": "team_%1$s", "user_api_key_hash": "%5$s"}}"""
        .formatted(
            tenant, call, DAY.plusSeconds(60).getEpochSecond(), cost, "0123456789abcdef".repeat(4))
        .getBytes(UTF_8);
  }
}
