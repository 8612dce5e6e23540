package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformUnderTest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class QuotaApiTest {
  private static final String PATH = "/v1/quotas";
  private static final String BUDGET =
      """
      {"dimension":"cost","scope":{"type":"tenant"},"window":"month",
       "limit":{"amount":"12.345678901","currency":"USD"},"mode":"enforce"}""";
  private static final String TOKENS =
      """
      {"dimension":"total_tokens","scope":{"type":"model","id":"gpt-4o"},"window":"day",
       "limit":1000000,"mode":"warn"}""";

  private static PlatformUnderTest platform;
  private static PlatformClient client;

  @BeforeAll
  static void start() throws Exception {
    platform = PlatformUnderTest.start();
    platform.createTenant("acme");
    platform.createTenant("globex");
    client = platform.clientOf("acme");
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  @BeforeEach
  void empty() {
    put().mustBe(200);
  }

  @Test
  void theSetIsReplacedAsAWholeAndReadBackAsItWasGiven() {
    Answer both = put(BUDGET, TOKENS).mustBe(200);
    JsonNode read = client.get(PATH).mustBe(200).json();
    assertThat(read).isEqualTo(both.json());
    assertThat(read.get("nextCursor").isNull()).isTrue();
    assertThat(read.at("/items")).hasSize(2);
    JsonNode budget = item(read, "cost");
    assertThat(budget.get("limit"))
        .hasToString("{\"amount\":\"12.345678901\",\"currency\":\"USD\"}");
    assertThat(item(read, "total_tokens").get("limit").longValue()).isEqualTo(1_000_000);

    JsonNode one = put(BUDGET).mustBe(200).json();
    assertThat(one.get("items")).hasSize(1);
    assertThat(item(one, "cost").get("id")).isEqualTo(budget.get("id"));
    // What was read can be sent back as it is.
    Answer sentBack = client.put(PATH, "{\"items\":" + one.get("items") + "}").mustBe(200);
    assertThat(sentBack.json()).isEqualTo(one);

    assertThat(put().mustBe(200).json().get("items")).isEmpty();
    assertThat(client.get(PATH).mustBe(200).json().get("items")).isEmpty();
  }

  @Test
  void anotherTenantsLimitsStayItsOwn() {
    put(BUDGET).mustBe(200);
    assertThat(platform.clientOf("globex").get(PATH).mustBe(200).json().get("items")).isEmpty();
  }

  @Test
  void aChangeCanBeMadeToDependOnTheVersion() {
    String tag = put(BUDGET).mustBe(200).header("ETag");
    assertThat(client.get(PATH).header("ETag")).isEqualTo(tag);
    client.with("If-None-Match", tag).get(PATH).mustBe(304);
    client.with("If-Match", tag).put(PATH, set(TOKENS)).mustBe(200);
    Answer stale = client.with("If-Match", tag).put(PATH, set(BUDGET)).mustBe(412);
    assertThat(stale.errorCode()).isEqualTo("precondition_failed");
    assertThat(client.get(PATH).json().at("/items/0/dimension").asText()).isEqualTo("total_tokens");
    client.with("If-Match", "*").put(PATH, set(BUDGET)).mustBe(200);
    client.with("If-None-Match", tag).get(PATH).mustBe(200);
  }

  @Test
  void ofManyChangesOfOneVersionOneIsMade() {
    String tag = put(BUDGET).header("ETag");
    List<CompletableFuture<Integer>> answers =
        IntStream.range(0, 6)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () ->
                            client
                                .with("If-Match", tag)
                                .put(PATH, set(TOKENS.replace("1000000", String.valueOf(i))))
                                .status()))
            .toList();
    assertThat(answers.stream().map(CompletableFuture::join))
        .containsOnly(200, 412)
        .containsOnlyOnce(200);
  }

  @Test
  void aRepeatedChangeGetsTheFirstAnswerAgain() {
    PlatformClient keyed = client.with("Idempotency-Key", "quota-1");
    Answer first = keyed.put(PATH, set(BUDGET)).mustBe(200);
    put(TOKENS).mustBe(200);
    Answer again = keyed.put(PATH, set(BUDGET)).mustBe(200);
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.header("ETag")).isEqualTo(first.header("ETag"));
    assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
    assertThat(client.get(PATH).json().at("/items/0/dimension").asText()).isEqualTo("total_tokens");
    assertThat(keyed.put(PATH, set(TOKENS)).mustBe(422).errorCode())
        .isEqualTo("idempotency_key_reused");
  }

  @Test
  void everyBrokenRuleIsNamedAtOnce() {
    Answer refused =
        put(
            BUDGET,
            BUDGET,
            """
            {"dimension":"tokens","scope":{"type":"planet"},"window":"year","limit":1,"mode":"kill"}""",
            """
            {"dimension":"requests","scope":{"type":"user"},"window":"day","limit":-1,"mode":"warn"}""",
            """
            {"dimension":"requests","scope":{"type":"tenant","id":"globex"},"window":"day",\
            "limit":1.5,"mode":"warn"}""",
            """
            {"dimension":"cost","scope":{"type":"tenant"},"window":"day",\
            "limit":{"amount":"1.0000000001","currency":"USD"},"mode":"warn"}""",
            """
            {"dimension":"cost","scope":{"type":"tenant"},"window":"hour",\
            "limit":{"amount":"1","currency":"EUR"},"mode":"warn"}""",
            "null");
    refused.mustBe(422);
    assertThat(refused.errorCode()).isEqualTo("validation_failed");
    assertThat(refused.fields())
        .containsExactlyInAnyOrder(
            "items[1]",
            "items[2].dimension",
            "items[2].scope.type",
            "items[2].window",
            "items[2].mode",
            "items[3].scope.id",
            "items[3].limit",
            "items[4].scope.id",
            "items[4].limit",
            "items[5].limit.amount",
            "items[6].limit.currency",
            "items[7]");
    assertThat(client.get(PATH).json().get("items")).isEmpty();
    assertThat(client.put(PATH, "{}").mustBe(422).fields()).containsExactly("items");
    String small = "{\"dimension\":\"seats\",\"window\":\"lifetime\",\"limit\":1}";
    String tooMany = String.join(",", Collections.nCopies(10_001, small));
    client.put(PATH, "{\"items\":[" + tooMany + "]}").mustBe(422);
  }

  @Test
  void pagesHoldEveryLimitOnce() {
    put(
        IntStream.range(0, 25)
            .mapToObj(i -> TOKENS.replace("gpt-4o", "model-" + i))
            .toArray(String[]::new));
    List<JsonNode> paged = new ArrayList<>();
    for (String next = ""; next != null; ) {
      JsonNode page = client.get(PATH + "?limit=10" + next).mustBe(200).json();
      page.get("items").forEach(paged::add);
      next = page.get("nextCursor").isNull() ? null : "&cursor=" + page.get("nextCursor").asText();
    }
    assertThat(paged).hasSize(25).doesNotHaveDuplicates();
    JsonNode tenants = platform.client().get("/v1/tenants?limit=1").mustBe(200).json();
    Answer foreign = client.get(PATH + "?cursor=" + tenants.get("nextCursor").asText()).mustBe(422);
    assertThat(foreign.errorCode()).isEqualTo("validation_failed");
  }

  private static Answer put(String... items) {
    return client.put(PATH, set(items));
  }

  private static String set(String... items) {
    return "{\"items\":[" + String.join(",", items) + "]}";
  }

  private static JsonNode item(JsonNode page, String dimension) {
    for (JsonNode item : page.get("items")) {
      if (item.get("dimension").asText().equals(dimension)) {
        return item;
      }
    }
    throw new AssertionError(dimension + " is not in " + page);
  }
}
