package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.RealServers;
import io.platformapi.service.testing.ReconciliationRows;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReconciliationApiTest {
  private static final String PATH = "/v1/reconciliations";
  private static final String POLICY = PATH + "/policy";

  private static PlatformUnderTest platform;

  private String tenant;
  private PlatformClient client;
  private ReconciliationRows rows;

  @BeforeAll
  static void start() throws Exception {
    platform = PlatformUnderTest.start();
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  @BeforeEach
  void newTenant() {
    tenant = "t-" + UUID.randomUUID().toString().substring(0, 8);
    platform.createTenant(tenant);
    client = platform.clientOf(tenant);
    rows = new ReconciliationRows(platform.settings(), tenant);
  }

  @Test
  void runsAreListedYoungestFirstInPagesAndByStateAndWindow() {
    List<String> ids = new ArrayList<>();
    for (int day = 1; day <= 5; day++) {
      ids.add(
          0,
          rows.run(
              day == 2 ? "failed" : "completed",
              "2026-10-0%dT00:00:00Z".formatted(day),
              "2026-10-0%dT00:00:00Z".formatted(day + 1)));
    }
    List<String> walked = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = client.get(PATH + "?limit=2" + cursor).mustBe(200).json();
      page.get("items").forEach(run -> walked.add(run.get("id").asText()));
      cursor =
          page.get("nextCursor").isNull() ? null : "&cursor=" + page.get("nextCursor").asText();
    } while (cursor != null);
    assertThat(walked).isEqualTo(ids);
    assertThat(ids("?state=failed")).containsExactly(ids.get(3));
    assertThat(ids("?state=posted")).isEmpty();
    // A window that only touches the time asked about is not in it.
    assertThat(ids("?from=2026-10-02T00:00:00Z&to=2026-10-03T00:00:00Z"))
        .containsExactly(ids.get(3));
    assertThat(ids("?from=2026-10-02T12:00:00Z&to=2026-10-03T12:00:00Z"))
        .containsExactly(ids.get(2), ids.get(3));
  }

  @Test
  void aRunTellsItsTotalsInMoney() {
    String id = rows.run("completed", "2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z");
    rows.execute(
        """
        INSERT INTO reconciliation_totals VALUES ('%1$s', 'price', 2, 0, 0, -500, 1500);
        UPDATE reconciliation_runs SET gateway_calls = 7, gateway_cost_nanos = 1234567891,
          ledger_calls = 6, ledger_cost_nanos = 1, matched_calls = 5, limits_pushed = 1,
          error = NULL WHERE id = '%1$s'"""
            .formatted(id));
    JsonNode run = client.get(PATH + "/" + id).mustBe(200).json();
    assertThat(run.at("/gateway/cost/amount").asText()).isEqualTo("1.234567891");
    assertThat(run.at("/ledger/calls").asLong()).isEqualTo(6);
    assertThat(run.at("/matchedCalls").asLong()).isEqualTo(5);
    assertThat(run.at("/window/from").asText()).isEqualTo("2026-10-01T00:00:00Z");
    assertThat(run.get("totals"))
        .hasToString(
            "[{\"difference\":\"price\",\"items\":2,\"inputTokens\":0,\"outputTokens\":0,"
                + "\"cost\":{\"amount\":\"-0.000000500\",\"currency\":\"USD\"},"
                + "\"costAbsolute\":{\"amount\":\"0.000001500\",\"currency\":\"USD\"}}]");
  }

  @Test
  void differencesAreFoundByEachFilterAndInPages() {
    String run = rows.run("completed", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z");
    String other = rows.run("completed", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z");
    String price = rows.proposed(run, "call-1", 500);
    String cheaper = rows.proposed(run, "call-2", -700);
    String amount =
        rows.item(run, "call-3", "amount", "tokens_differ", "replace", "reported", 900, "claude");
    rows.proposed(other, "call-9", 500);
    String items = PATH + "/" + run + "/items";

    assertThat(itemIds(items)).containsExactly(price, cheaper, amount);
    assertThat(itemIds(items + "?difference=amount")).containsExactly(amount);
    assertThat(itemIds(items + "?status=proposed")).containsExactly(price, cheaper);
    assertThat(itemIds(items + "?callId=call-2")).containsExactly(cheaper);
    assertThat(itemIds(items + "?team=red")).hasSize(3);
    assertThat(itemIds(items + "?team=blue")).isEmpty();
    assertThat(itemIds(items + "?key=key-of-claude")).containsExactly(amount);
    assertThat(itemIds(items + "?model=gpt-4o")).containsExactly(price, cheaper);
    assertThat(itemIds(items + "?minCost=0.0000006")).containsExactly(cheaper, amount);
    assertThat(itemIds(items + "?minCost=0.0000006&model=gpt-4o&status=proposed"))
        .containsExactly(cheaper);
    JsonNode first = client.get(items + "?limit=2").mustBe(200).json();
    assertThat(first.get("items")).hasSize(2);
    assertThat(itemIds(items + "?limit=2&cursor=" + first.get("nextCursor").asText()))
        .containsExactly(amount);

    JsonNode item = client.get(items + "/" + price).mustBe(200).json();
    assertThat(item.at("/reason/text").asText())
        .isEqualTo("the tokens agree and the cost does not");
    assertThat(item.at("/gateway/cost/amount").asText()).isEqualTo("0.000001500");
    assertThat(item.at("/ledger/cost/amount").asText()).isEqualTo("0.000001000");
    assertThat(item.at("/cost/amount").asText()).isEqualTo("0.000000500");
    client.get(PATH + "/" + other + "/items/" + price).mustBe(404);
  }

  @Test
  void differencesAreOneFileForASpreadsheet() {
    String run = rows.run("completed", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z");
    rows.proposed(run, "=call", 500);
    String items = PATH + "/" + run + "/items";
    Answer csv = client.with("Accept", "text/csv").get(items).mustBe(200);
    String[] lines = csv.body().split("\r\n");
    assertThat(lines).hasSize(2);
    assertThat(lines[0]).startsWith("id,difference,reason,adjustment,status,callId,");
    // What a spreadsheet would take for a formula is text.
    assertThat(lines[1]).contains(",price,cost_differs,replace,proposed,'=call,success,red,");
    assertThat(lines[1]).contains(",0.000000500,USD,");
    assertThat(lines[0].split(",", -1)).hasSameSizeAs(lines[1].split(",", -1));
    client.with("Accept", "text/csv").get(items + "?limit=5").mustBe(422);
    client.with("Accept", "text/csv").get(PATH + "/" + UUID.randomUUID() + "/items").mustBe(404);
  }

  @Test
  void countersAreFoundByVerdictInPagesAndInAFile() {
    String run = rows.run("completed", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z");
    rows.execute(
        """
        INSERT INTO reconciliation_counters VALUES
          ('%1$s', 1, 'api_key', '=key', 'cost', '2026-11-01T10:00:00Z', '2026-11-01T00:00:00Z', NULL,
            1500000000, 1000000000, 900000000, 1100000000, 990000000, 'counter_ahead', NULL),
          ('%1$s', 2, 'team', 'red', 'requests', '2026-11-01T10:00:00Z', NULL, NULL, 7, NULL, NULL,
            NULL, NULL, 'unknown_window', 'no_window'),
          ('%1$s', 3, 'team', 'blue', 'cost', '2026-11-01T10:00:00Z', '2026-11-01T00:00:00Z', NULL,
            0, 0, 0, 0, 0, 'agrees', NULL)"""
            .formatted(run));
    String counters = PATH + "/" + run + "/counters";
    JsonNode first = client.get(counters + "?limit=2").mustBe(200).json();
    assertThat(first.at("/items/0"))
        .hasToString(
            "{\"scope\":\"api_key\",\"scopeId\":\"=key\",\"dimension\":\"cost\",\"unit\":\"USD\","
                + "\"toldAt\":\"2026-11-01T10:00:00Z\",\"windowStart\":\"2026-11-01T00:00:00Z\","
                + "\"windowEnd\":null,\"counter\":\"1.500000000\",\"gateway\":\"1.000000000\","
                + "\"gatewayLeast\":\"0.900000000\",\"gatewayMost\":\"1.100000000\","
                + "\"ledger\":\"0.990000000\",\"drift\":\"0.500000000\","
                + "\"verdict\":\"counter_ahead\",\"reason\":null}");
    assertThat(first.at("/items/1/unit").asText()).isEqualTo("requests");
    assertThat(first.at("/items/1/counter").asText()).isEqualTo("7");
    assertThat(first.at("/items/1/gateway").isNull()).isTrue();
    JsonNode second =
        client.get(counters + "?limit=2&cursor=" + first.get("nextCursor").asText()).json();
    assertThat(second.get("items")).hasSize(1);
    assertThat(second.at("/items/0/scopeId").asText()).isEqualTo("blue");
    assertThat(second.get("nextCursor").isNull()).isTrue();
    JsonNode unknown = client.get(counters + "?verdict=unknown_window").mustBe(200).json();
    assertThat(unknown.get("items")).hasSize(1);
    assertThat(unknown.at("/items/0/reason").asText()).isEqualTo("no_window");
    assertThat(client.get(PATH + "/" + run).json().get("counters"))
        .hasToString(
            "[{\"verdict\":\"agrees\",\"counters\":1,\"drift\":{\"amount\":\"0.000000000\","
                + "\"currency\":\"USD\"}},{\"verdict\":\"counter_ahead\",\"counters\":1,\"drift\":"
                + "{\"amount\":\"0.500000000\",\"currency\":\"USD\"}},{\"verdict\":\"unknown_window\","
                + "\"counters\":1,\"drift\":{\"amount\":\"0.000000000\",\"currency\":\"USD\"}}]");

    PlatformClient csv = client.with("Accept", "text/csv");
    String[] lines = csv.get(counters + "?verdict=counter_ahead").mustBe(200).body().split("\r\n");
    assertThat(lines).hasSize(2);
    assertThat(lines[0].split(",", -1)).hasSameSizeAs(lines[1].split(",", -1));
    // What a spreadsheet would take for a formula is text.
    assertThat(lines[1]).startsWith("api_key,'=key,cost,USD,").endsWith(",counter_ahead,");
    client.get(counters + "?verdict=wrong").mustBe(422);
    client.get(counters + "?cursor=wrong").mustBe(422);
    client.get(PATH + "/" + UUID.randomUUID() + "/counters").mustBe(404);
    client.get(PATH + "/none/counters").mustBe(404);
  }

  @ParameterizedTest
  @CsvSource({
    "?state=over, state",
    "?from=yesterday, from",
    "?to=2026-01-01, to",
    "?limit=0, limit",
    "?cursor=x, cursor",
  })
  void whatIsNoFilterOfRunsIsNamed(String query, String field) {
    assertThat(client.get(PATH + query).mustBe(422).fields()).containsExactly(field);
  }

  @ParameterizedTest
  @CsvSource({
    "?difference=other, difference",
    "?status=open, status",
    "?minCost=-1, minCost",
    "?minCost=1e3, minCost",
    "?minCost=0.0000000001, minCost",
    "?minCost=9999999999, minCost",
    "?callId=, callId",
    "?key=%00, key",
    "?cursor=x, cursor",
  })
  void whatIsNoFilterOfDifferencesIsNamed(String query, String field) {
    String run = rows.run("completed", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z");
    assertThat(client.get(PATH + "/" + run + "/items" + query).mustBe(422).fields())
        .containsExactly(field);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/none", "/none/items", "/none/items/none", "/none/limits", "/policy/items"})
  void whatIsNotThereIsNotFound(String path) {
    client.get(PATH + path).mustBe(404);
    client.get(PATH + path.replace("none", UUID.randomUUID().toString())).mustBe(404);
  }

  @Test
  void aRunIsAcceptedOnceForItsKeyAndOneAtATime() {
    String body = window(Duration.ofDays(3), Duration.ofDays(2));
    Answer accepted = client.with("Idempotency-Key", "k").post(PATH, body).mustBe(202);
    String id = accepted.json().get("id").asText();
    assertThat(accepted.header("Location")).endsWith(PATH + "/" + id);
    assertThat(accepted.json().get("state").asText()).isEqualTo("requested");
    assertThat(accepted.json().get("trigger").asText()).isEqualTo("api");
    Answer again = client.with("Idempotency-Key", "k").post(PATH, body).mustBe(202);
    assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
    assertThat(again.header("Location")).endsWith(PATH + "/" + id);
    assertThat(client.with("Idempotency-Key", "k").post(PATH, "{}").mustBe(422).errorCode())
        .isEqualTo("idempotency_key_reused");
    assertThat(rows.single("SELECT count(*) FROM reconciliation_runs")).isEqualTo("1");
    assertThat(
            rows.single(
                "SELECT string_agg(actor, ' ') FROM audit_events"
                    + " WHERE action = 'reconciliation.started'"))
        .isEqualTo("m2m-" + tenant);
  }

  @Test
  void whileARunIsUnderWayAnotherIsAConflict() {
    rows.run("posted", "2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z");
    Answer answer = client.post(PATH, window(Duration.ofDays(3), Duration.ofDays(2))).mustBe(409);
    assertThat(answer.errorCode()).isEqualTo("conflict");
  }

  @Test
  void aRunIsDoneAgainOverTheSameWindow() {
    String first = rows.run("completed", "2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z");
    Answer answer = client.post(PATH + "/" + first + "/replay", "").mustBe(202);
    assertThat(answer.json().get("id").asText()).isNotEqualTo(first);
    assertThat(answer.json().get("trigger").asText()).isEqualTo("replay");
    assertThat(answer.json().at("/window/from").asText()).isEqualTo("2026-10-01T00:00:00Z");
    assertThat(answer.json().at("/window/to").asText()).isEqualTo("2026-10-02T00:00:00Z");
    client.post(PATH + "/" + UUID.randomUUID() + "/replay", "").mustBe(404);
  }

  @Test
  void windowsThatAreNoneAreRefused() {
    assertThat(start(window(Duration.ofDays(2), Duration.ofDays(3)))).containsExactly("from");
    assertThat(start(window(Duration.ofDays(2), Duration.ofDays(2)))).containsExactly("from");
    assertThat(start(window(Duration.ofDays(2), Duration.ofDays(-1)))).containsExactly("to");
    assertThat(start(window(Duration.ofDays(100), Duration.ofDays(2)))).containsExactly("from");
    assertThat(start("{\"from\": \"1999-01-01T00:00:00Z\"}")).containsExactly("from");
    client.post(PATH, "{\"since\": 1}").mustBe(422);
    client.post(PATH, "{\"from\": \"yesterday\"}").mustBe(422);
    assertThat(rows.single("SELECT count(*) FROM reconciliation_runs")).isEqualTo("0");
  }

  @Test
  void thePolicyIsReplacedAsAWholeWithItsVersion() {
    Answer usual = client.get(POLICY).mustBe(200);
    assertThat(usual.header("ETag")).isEqualTo("\"1\"");
    assertThat(usual.json().get("enabled").asBoolean()).isTrue();
    assertThat(usual.json().get("pushLimits").asBoolean()).isFalse();
    assertThat(usual.json().get("actions")).hasSize(9);
    client.with("If-None-Match", "\"1\"").get(POLICY).mustBe(304);

    String body =
        """
        {"enabled": false, "tolerance": {"cost": {"amount": "0.000000007", "currency": "USD"}, "ppm": 50},
         "settleAfterSeconds": 3600, "pushLimits": true,
         "actions": {"price": "auto_adjust", "clock": "propose"}}""";
    Answer changed = client.with("If-Match", "\"1\"").put(POLICY, body).mustBe(200);
    assertThat(changed.header("ETag")).isEqualTo("\"2\"");
    JsonNode policy = client.get(POLICY).mustBe(200).json();
    assertThat(policy).isEqualTo(changed.json());
    assertThat(policy.at("/tolerance/cost/amount").asText()).isEqualTo("0.000000007");
    assertThat(policy.at("/tolerance/ppm").asInt()).isEqualTo(50);
    assertThat(policy.at("/settleAfterSeconds").asLong()).isEqualTo(3600);
    assertThat(policy.at("/actions/price").asText()).isEqualTo("auto_adjust");
    assertThat(policy.at("/actions/clock").asText()).isEqualTo("propose");

    client.with("If-Match", "\"1\"").put(POLICY, body).mustBe(412);
    assertThat(client.put(POLICY, body).mustBe(200).header("ETag")).isEqualTo("\"2\"");
    // What is absent is the usual again.
    Answer empty = client.put(POLICY, "{}").mustBe(200);
    assertThat(empty.header("ETag")).isEqualTo("\"3\"");
    assertThat(empty.json().get("actions")).isEqualTo(usual.json().get("actions"));
    assertThat(
            rows.single(
                "SELECT count(*) FROM audit_events WHERE action = 'reconciliation.policy_updated'"))
        .isEqualTo("2");
    assertThat(
            rows.single(
                "SELECT details->'after'->>'settleAfterSeconds' FROM audit_events"
                    + " WHERE action = 'reconciliation.policy_updated' ORDER BY id LIMIT 1"))
        .isEqualTo("3600");
  }

  @Test
  void everyBrokenRuleOfAPolicyIsNamed() {
    Answer answer =
        client
            .put(
                POLICY,
                """
                {"tolerance": {"cost": {"amount": "-1", "currency": "EUR"}, "ppm": 1000001},
                 "settleAfterSeconds": -1, "actions": {"price": "shrug", "weather": "propose"}}""")
            .mustBe(422);
    assertThat(answer.fields())
        .containsExactly(
            "actions",
            "actions.price",
            "settleAfterSeconds",
            "tolerance.cost.amount",
            "tolerance.cost.currency",
            "tolerance.ppm");
    assertThat(
            client
                .put(
                    POLICY,
                    "{\"tolerance\": {\"cost\": {\"amount\": \"x\", \"currency\": \"USD\"}}}")
                .mustBe(422)
                .fields())
        .containsExactly("tolerance.cost.amount");
    assertThat(client.get(POLICY).header("ETag")).isEqualTo("\"1\"");
  }

  @Test
  void whoReadsDoesNotStartAndWhoStartsDoesNotApprove() {
    String run = rows.run("completed", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z");
    String item = PATH + "/" + run + "/items/" + rows.proposed(run, "call", 1);
    PlatformClient reader = scoped("reconciliations:read");
    reader.get(PATH).mustBe(200);
    reader.post(PATH, "{}").mustBe(403);
    reader.put(POLICY, "{}").mustBe(403);
    PlatformClient writer = scoped("reconciliations:read reconciliations:write");
    writer.post(item + "/approve", "").mustBe(403);
    writer
        .post(PATH + "/" + run + "/decisions", "{\"decision\":\"reject\",\"items\":[\"x\"]}")
        .mustBe(403);
    writer.put(POLICY, "{}").mustBe(200);
    scoped("reconciliations:approve").post(PATH, "{}").mustBe(403);
    assertThat(rows.single("SELECT status FROM reconciliation_items")).isEqualTo("proposed");
  }

  @Test
  void anAdjustmentIsRejectedOnce() {
    String run = rows.run("completed", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z");
    String item = rows.proposed(run, "call", 1);
    String path = PATH + "/" + run + "/items/" + item;
    JsonNode rejected = client.post(path + "/reject", "").mustBe(200).json();
    assertThat(rejected.get("status").asText()).isEqualTo("rejected");
    assertThat(rejected.get("decidedBy").asText()).isEqualTo("m2m-" + tenant);
    client.post(path + "/reject", "").mustBe(409);
    client.post(path + "/approve", "").mustBe(409);
    assertThat(client.get(path).mustBe(200).json().get("status").asText()).isEqualTo("rejected");
    client.post(path.replace(item, UUID.randomUUID().toString()) + "/reject", "").mustBe(404);
    assertThat(
            rows.single(
                "SELECT count(*) FROM audit_events"
                    + " WHERE action = 'reconciliation.item_rejected'"))
        .isEqualTo("1");
  }

  @Test
  void severalAreDecidedEachForItselfAndARepetitionIsToldTheSame() {
    String run = rows.run("completed", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z");
    String one = rows.proposed(run, "call-1", 1);
    String two = rows.proposed(run, "call-2", 2);
    String reported =
        rows.item(run, "call-3", "clock", "clocks_differ", "none", "reported", 0, "gpt-4o");
    client.post(PATH + "/" + run + "/items/" + two + "/reject", "").mustBe(200);
    String path = PATH + "/" + run + "/decisions";
    String body =
        "{\"decision\":\"reject\",\"items\":[\"%s\",\"%s\",\"%s\",\"nonsense\",\"%1$s\"]}"
            .formatted(one, two, reported);
    Answer decided = client.with("Idempotency-Key", "k").post(path, body).mustBe(200);
    assertThat(decided.json().get("items"))
        .hasToString(
            ("[{\"id\":\"%s\",\"status\":\"rejected\",\"changed\":true,\"problem\":null},"
                    + "{\"id\":\"%s\",\"status\":\"rejected\",\"changed\":false,\"problem\":null},"
                    + "{\"id\":\"%s\",\"status\":\"reported\",\"changed\":false,\"problem\":\"conflict\"},"
                    + "{\"id\":\"nonsense\",\"status\":null,\"changed\":false,\"problem\":\"not_found\"}]")
                .formatted(one, two, reported));
    Answer again = client.with("Idempotency-Key", "k").post(path, body).mustBe(200);
    assertThat(again.body()).isEqualTo(decided.body());
    assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|decision",
        "{\"decision\":\"maybe\",\"items\":[\"a\"]}|decision",
        "{\"decision\":\"approve\"}|items",
        "{\"decision\":\"approve\",\"items\":[]}|items",
        "{\"decision\":\"approve\",\"items\":[null]}|items[0]",
      })
  void decisionsThatAreNoneAreRefused(String body, String field) {
    String run = rows.run("completed", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z");
    assertThat(client.post(PATH + "/" + run + "/decisions", body).mustBe(422).fields())
        .containsExactly(field);
  }

  @Test
  void noMoreThanAHundredAreDecidedAtOnce() {
    String run = rows.run("completed", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z");
    String ids = "\"x\",".repeat(100) + "\"x\"";
    assertThat(
            client
                .post(
                    PATH + "/" + run + "/decisions",
                    "{\"decision\":\"approve\",\"items\":[" + ids + "]}")
                .mustBe(422)
                .fields())
        .containsExactly("items");
  }

  private PlatformClient scoped(String scope) {
    return platform.client(RealServers.issuer().organizationToken("m2m", "org_" + tenant, scope));
  }

  private SortedSet<String> start(String body) {
    return client.post(PATH, body).mustBe(422).fields();
  }

  /** A window by how long ago it began and ended. */
  private static String window(Duration from, Duration to) {
    Instant now = Instant.now();
    return "{\"from\": \"%s\", \"to\": \"%s\"}".formatted(now.minus(from), now.minus(to));
  }

  private List<String> ids(String query) {
    return items(PATH + query);
  }

  private List<String> itemIds(String path) {
    return items(path);
  }

  private List<String> items(String path) {
    List<String> ids = new ArrayList<>();
    client.get(path).mustBe(200).json().get("items").forEach(i -> ids.add(i.get("id").asText()));
    return ids;
  }
}
