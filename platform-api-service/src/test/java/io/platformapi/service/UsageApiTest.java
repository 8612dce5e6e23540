package io.platformapi.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.testing.Amounts;
import io.platformapi.service.testing.GeneratedTraffic;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.TopicWriter;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageApiTest {
  private static final int EVENTS = 400;
  // Over the end of an hour, a day and a month.
  private static final Instant TURN = Instant.parse("2026-12-01T00:00:00Z");

  private static PlatformUnderTest platform;
  private static PlatformClient client;
  private static Amounts before = Amounts.NONE;
  private static Amounts after = Amounts.NONE;

  @BeforeAll
  static void start() throws Exception {
    platform = PlatformUnderTest.start();
    List.of("acme", "globex", "unused", "long-names").forEach(platform::createTenant);
    client = platform.clientOf("acme");
    try (TopicWriter topic = new TopicWriter(platform.settings().usageTopic())) {
      for (int part = 0; part < 2; part++) {
        Instant from = part == 0 ? TURN.minus(1, ChronoUnit.MINUTES) : TURN;
        for (GeneratedTraffic.Event event : traffic(part, from)) {
          topic.send(event.tenant(), event.value());
          if (part == 0) {
            before = before.plus(event.amounts());
          } else {
            after = after.plus(event.amounts());
          }
        }
      }
      new GeneratedTraffic(9, 50, List.of("globex"), TURN)
          .forEach(event -> topic.send(event.tenant(), event.value()));
    }
    await("the ledger")
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(Amounts.of(first("window=lifetime").get("usage")))
                    .isEqualTo(before.plus(after)));
    await("the other tenant's ledger")
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                platform
                        .clientOf("globex")
                        .get("/v1/quotas/usage?window=lifetime")
                        .json()
                        .at("/items/0/usage/requests")
                        .asInt()
                    == 50);
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  @ParameterizedTest
  @CsvSource({
    "hour, 2026-11-30T23:00:00Z, 2026-12-01T00:00:00Z, 2026-12-01T01:00:00Z",
    "day, 2026-11-30T00:00:00Z, 2026-12-01T00:00:00Z, 2026-12-02T00:00:00Z",
    "month, 2026-11-01T00:00:00Z, 2026-12-01T00:00:00Z, 2027-01-01T00:00:00Z"
  })
  void aWindowHoldsWhatHappenedWithinIt(String window, String start, String turn, String end) {
    JsonNode old = first("window=" + window + "&at=2026-11-30T23:59:59.999999Z");
    assertThat(Amounts.of(old.get("usage"))).isEqualTo(before);
    assertThat(old.get("window"))
        .hasToString(
            "{\"type\":\"" + window + "\",\"start\":\"" + start + "\",\"end\":\"" + turn + "\"}");
    JsonNode present = first("window=" + window + "&at=" + turn);
    assertThat(Amounts.of(present.get("usage"))).isEqualTo(after);
    assertThat(present.at("/window/end").asText()).isEqualTo(end);
    // The same moment in another offset.
    assertThat(first("window=" + window + "&at=2026-12-01T05:30:00%2B05:30")).isEqualTo(present);
    assertThat(Amounts.of(first("window=" + window + "&at=2026-10-01T00:00:00Z").get("usage")))
        .isEqualTo(Amounts.NONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tenant", "team", "user", "end_user", "api_key", "provider", "model"})
  void everyScopeAddsUpToTheWhole(String scope) {
    Amounts sum = Amounts.NONE;
    Set<String> ids = new HashSet<>();
    for (JsonNode item : pages("/v1/quotas/usage?window=lifetime&limit=4&scope=" + scope)) {
      assertThat(item.at("/scope/type").asText()).isEqualTo(scope);
      String id = item.at("/scope/id").asText();
      assertThat(ids.add(id)).as(id).isTrue();
      sum = sum.plus(Amounts.of(item.get("usage")));
      JsonNode alone = first("window=lifetime&scope=" + scope + "&scopeId=" + id);
      assertThat(alone).isEqualTo(item);
      JsonNode usage = item.get("usage");
      assertThat(usage.get("totalTokens").longValue())
          .isEqualTo(usage.get("inputTokens").longValue() + usage.get("outputTokens").longValue());
      assertThat(usage.at("/cost/currency").asText()).isEqualTo("USD");
    }
    assertThat(sum).isEqualTo(before.plus(after));
  }

  @Test
  void whoHasUsedNothingGetsZeros() {
    JsonNode zero = usageOf("unused").get("usage");
    assertThat(Amounts.of(zero)).isEqualTo(Amounts.NONE);
    assertThat(zero.at("/cost/amount").asText()).matches("0(\\.0+)?");
    JsonNode none =
        platform.clientOf("unused").get("/v1/quotas/usage?scope=model").mustBe(200).json();
    assertThat(none.get("items")).isEmpty();
    assertThat(Amounts.of(first("scope=user&scopeId=nobody").get("usage"))).isEqualTo(Amounts.NONE);
    assertThat(platform.clientOf("unused").get("/v1/quotas/ledger").json().get("items")).isEmpty();
  }

  @Test
  void limitsTellWhatIsLeftInBodyAndHeaders() {
    PlatformClient globex = platform.clientOf("globex");
    globex
        .put(
            "/v1/quotas",
            """
            {"items":[
              {"dimension":"requests","scope":{"type":"tenant"},"window":"month","limit":1000,"mode":"enforce"},
              {"dimension":"cost","scope":{"type":"tenant"},"window":"month",
               "limit":{"amount":"0.000000001","currency":"USD"},"mode":"warn"},
              {"dimension":"input_tokens","scope":{"type":"tenant"},"window":"month","limit":5,"mode":"off"}]}
            """)
        .mustBe(200);
    Answer present = globex.get("/v1/quotas/usage").mustBe(200);
    assertThat(present.header("RateLimit-Policy"))
        .matches("\"cost-month\";q=1;w=[0-9]+, \"requests-month\";q=1000;w=[0-9]+");
    assertThat(present.header("RateLimit"))
        .matches("\"cost-month\";r=[01];t=[0-9]+, \"requests-month\";r=[0-9]+;t=[0-9]+");
    JsonNode quotas = globex.get("/v1/quotas/usage?at=" + TURN).mustBe(200).json().at("/items/0");
    assertThat(quotas.get("quotas")).hasSize(3);
    long requests = quotas.at("/usage/requests").longValue();
    assertThat(requests).isPositive();
    for (JsonNode quota : quotas.get("quotas")) {
      switch (quota.get("dimension").asText()) {
        case "requests" -> {
          assertThat(quota.get("used").longValue()).isEqualTo(requests);
          assertThat(quota.get("remaining").longValue()).isEqualTo(1000 - requests);
          assertThat(quota.get("resetAt").asText()).isEqualTo("2027-01-01T00:00:00Z");
        }
        case "cost" -> {
          assertThat(quota.get("used")).isEqualTo(quotas.at("/usage/cost"));
          assertThat(new BigDecimal(quota.at("/remaining/amount").asText()).signum()).isZero();
        }
        default -> assertThat(quota.get("remaining").longValue()).isZero();
      }
    }
    assertThat(client.get("/v1/quotas/usage").header("RateLimit")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "usage?scope=planet",
        "usage?window=year",
        "usage?at=yesterday",
        "usage?at=2026-12-01",
        "usage?at=99999-12-01T00:00:00Z",
        "usage?scopeId=globex",
        "usage?scope=user&scopeId=",
        "usage?scope=user&scopeId=%00",
        "usage?limit=0",
        "usage?asOf=x",
        "usage?asOf=2100-01-01T00:00:00Z",
        "usage?series=minute",
        "usage?series=hour&window=lifetime",
        "usage?series=month&window=week",
        "usage?series=hour&scope=user",
        "usage?scope=user&cursor=abc",
        "ledger?account=planet:x",
        "ledger?account=user",
        "ledger?from=x",
        "ledger?to=x",
        "ledger?batch=x",
        "ledger?batch=xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
        "ledger?event=",
        "ledger?event=%00",
        "ledger?source=%27",
        "ledger?cursor=abc",
        "ledger?limit=201"
      })
  void aWrongQuestionIsRefused(String question) {
    Answer refused = client.get("/v1/quotas/" + question).mustBe(422);
    assertThat(refused.errorCode()).isEqualTo("validation_failed");
    assertThat(refused.json().at("/error/details/fields")).hasSize(1);
  }

  @Test
  void eachBatchOfTheLedgerSumsToZeroInEveryScope() {
    Map<String, Amounts> sums = new TreeMap<>();
    List<JsonNode> entries = pages("/v1/quotas/ledger?limit=37");
    for (JsonNode entry : entries) {
      sums.merge(
          entry.get("batchId").asText() + " " + entry.at("/account/scope").asText(),
          Amounts.of(entry.get("amounts")),
          Amounts::plus);
    }
    assertThat(sums).isNotEmpty().allSatisfy((key, sum) -> assertThat(sum).isEqualTo(Amounts.NONE));
    assertThat(entries.stream().map(entry -> entry.get("batchId").asText()))
        .isSortedAccordingTo(Comparator.reverseOrder());
    assertThat(entries).doesNotHaveDuplicates();
  }

  @Test
  void theLedgerCanBeAskedForAnAccountABatchAndATime() {
    List<JsonNode> all = pages("/v1/quotas/ledger?limit=200");
    Amounts tenant = Amounts.NONE;
    for (JsonNode entry : pages("/v1/quotas/ledger?limit=1&account=tenant:acme")) {
      tenant = tenant.plus(Amounts.of(entry.get("amounts")));
    }
    assertThat(tenant).isEqualTo(before.plus(after));
    assertThat(pages("/v1/quotas/ledger?account=tenant:")).isNotEmpty();
    assertThat(pages("/v1/quotas/ledger?account=user:nobody")).isEmpty();

    String batch = all.get(0).get("batchId").asText();
    assertThat(pages("/v1/quotas/ledger?limit=200&batch=" + batch))
        .isEqualTo(
            all.stream().filter(entry -> entry.get("batchId").asText().equals(batch)).toList());
    String posted = all.get(0).get("postedAt").asText();
    assertThat(pages("/v1/quotas/ledger?limit=200&from=" + posted))
        .isNotEmpty()
        .allSatisfy(entry -> assertThat(entry.get("batchId").asText()).isEqualTo(batch));
    List<JsonNode> earlier = pages("/v1/quotas/ledger?limit=200&to=" + posted);
    assertThat(earlier)
        .isEqualTo(
            all.stream()
                .filter(
                    entry ->
                        Instant.parse(entry.get("postedAt").asText())
                            .isBefore(Instant.parse(posted)))
                .toList());
    assertThat(pages("/v1/quotas/ledger?to=2026-01-01T00:00:00Z")).isEmpty();
  }

  @Test
  void whoHasANameTooLongForTheLedgerIsFoundByIt() {
    String name = "名".repeat(200);
    try (TopicWriter topic = new TopicWriter(platform.settings().usageTopic())) {
      new GeneratedTraffic(7, 1, List.of("long-names"), TURN)
          .forEach(
              event ->
                  topic.send(
                      event.tenant(),
                      new String(event.value(), UTF_8)
                          .replaceFirst("customer-[0-9]+", name)
                          .getBytes(UTF_8)));
    }
    PlatformClient tenant = platform.clientOf("long-names");
    String encoded = URLEncoder.encode(name, UTF_8);
    await("the call")
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                tenant
                        .get("/v1/quotas/usage?window=lifetime&scope=end_user&scopeId=" + encoded)
                        .mustBe(200)
                        .json()
                        .at("/items/0/usage/requests")
                        .asInt()
                    == 1);
    assertThat(
            tenant
                .get("/v1/quotas/ledger?account=end_user:" + encoded)
                .mustBe(200)
                .json()
                .get("items"))
        .hasSize(1);
  }

  @Test
  void theLedgerAsCsvIsThatOfThePages() {
    List<JsonNode> entries = pages("/v1/quotas/ledger?limit=200");
    assertThat(entries).hasSizeGreaterThan(20);
    Answer csv = client.with("Accept", "text/csv").get("/v1/quotas/ledger").mustBe(200);
    assertThat(csv.header("Content-Type")).startsWith("text/csv");
    assertThat(csv.header("Content-Disposition")).isEqualTo("attachment; filename=\"ledger.csv\"");
    String[] lines = csv.body().split("\r\n");
    assertThat(lines).hasSize(entries.size() + 1);
    assertThat(lines[0]).startsWith("batchId,postedAt,source,scope,key,label,bucket,inputTokens,");
    for (int i = 0; i < entries.size(); i++) {
      JsonNode entry = entries.get(i);
      assertThat(lines[i + 1])
          .startsWith(
              String.join(
                  ",",
                  entry.get("batchId").asText(),
                  entry.get("postedAt").asText(),
                  entry.get("source").asText(),
                  entry.at("/account/scope").asText(),
                  entry.at("/account/key").asText(),
                  entry.at("/account/label").isNull() ? "" : entry.at("/account/label").asText(),
                  entry.get("bucket").asText(),
                  entry.at("/amounts/inputTokens").asText()))
          .contains("," + entry.at("/amounts/cost/amount").asText() + ",USD,");
    }
    String some = "/v1/quotas/ledger?account=tenant:acme";
    assertThat(client.with("Accept", "text/csv").get(some).body().split("\r\n"))
        .hasSize(pages(some).size() + 1);
  }

  @Test
  void usageAsCsvHasARowForEachNameOrStep() {
    String path = "/v1/quotas/usage?window=lifetime&scope=end_user";
    List<JsonNode> items = pages(path);
    PlatformClient csv = client.with("Accept", "text/csv;q=0.9, application/json;q=0.1");
    String[] lines = csv.get(path).mustBe(200).body().split("\r\n");
    assertThat(lines).hasSize(items.size() + 1);
    for (int i = 0; i < items.size(); i++) {
      assertThat(lines[i + 1])
          .startsWith(
              "end_user,"
                  + items.get(i).at("/scope/id").asText()
                  + ",,lifetime,,,"
                  + items.get(i).at("/usage/inputTokens").asText());
    }
    String month = "/v1/quotas/usage?window=lifetime&series=month";
    assertThat(csv.get(month).mustBe(200).body().split("\r\n"))
        .hasSize(3)
        .anyMatch(
            line ->
                line.startsWith(
                    "tenant,acme,,month,2026-11-01T00:00:00Z,2026-12-01T00:00:00Z,"
                        + before.inputTokens()));
  }

  @Test
  void csvHasNoPagesAndErrorsStayJson() {
    PlatformClient csv = client.with("Accept", "text/csv");
    assertThat(csv.get("/v1/quotas/ledger?limit=5").mustBe(422).fields()).containsExactly("limit");
    assertThat(csv.get("/v1/quotas/usage?cursor=x").mustBe(422).fields()).containsExactly("cursor");
    assertThat(csv.get("/v1/quotas/usage?scope=planet").mustBe(422).fields())
        .containsExactly("scope");
    assertThat(csv.get("/v1/quotas").mustBe(406).errorCode()).isEqualTo("not_acceptable");
  }

  @Test
  void aSeriesIsToldWithTheWindowItDivides() {
    JsonNode item = first("window=month&series=day&at=" + TURN);
    assertThat(item.at("/series/step").asText()).isEqualTo("day");
    assertThat(item.at("/series/points/0/start").asText()).isEqualTo("2026-12-01T00:00:00Z");
    assertThat(Amounts.of(item.at("/series/points/0/usage"))).isEqualTo(after);
    assertThat(first("window=month&at=" + TURN).has("series")).isFalse();
    JsonNode none = first("window=lifetime&asOf=2026-01-01T00:00:00Z");
    assertThat(Amounts.of(none.get("usage"))).isEqualTo(Amounts.NONE);
  }

  private static List<GeneratedTraffic.Event> traffic(int part, Instant from) {
    List<GeneratedTraffic.Event> events = new ArrayList<>();
    new GeneratedTraffic(part, EVENTS, List.of("acme"), from).forEach(events::add);
    return events;
  }

  private static JsonNode first(String query) {
    return client.get("/v1/quotas/usage?" + query).mustBe(200).json().at("/items/0");
  }

  private static JsonNode usageOf(String tenant) {
    return platform.clientOf(tenant).get("/v1/quotas/usage").mustBe(200).json().at("/items/0");
  }

  private static List<JsonNode> pages(String path) {
    List<JsonNode> items = new ArrayList<>();
    String separator = path.contains("?") ? "&" : "?";
    for (String next = ""; next != null; ) {
      JsonNode page = client.get(path + next).mustBe(200).json();
      page.get("items").forEach(items::add);
      next =
          page.get("nextCursor").isNull()
              ? null
              : separator + "cursor=" + page.get("nextCursor").asText();
    }
    return items;
  }
}
