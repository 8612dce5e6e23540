package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.RealServers;
import io.platformapi.service.testing.TenantSql;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Grants on top of limits, by HTTP on two nodes. */
class QuotaGrantApiTest {
  private static final String CHECK = "/v1/quotas/check";

  private static PlatformUnderTest platform;
  private static PlatformUnderTest other;
  private static TenantSql sql;
  private static int tenants;

  private String name;
  private PlatformClient tenant;
  private String quota;

  @BeforeAll
  static void start() throws Exception {
    platform = PlatformUnderTest.start();
    other = PlatformUnderTest.start(platform.settings());
    sql = new TenantSql(platform.settings());
  }

  @AfterAll
  static void stop() {
    other.close();
    platform.close();
  }

  @BeforeEach
  void make() {
    name = "granted-" + ++tenants;
    platform.createTenant(name);
    tenant = platform.clientOf(name);
    quota = put("{\"dimension\":\"requests\",\"window\":\"day\",\"limit\":3}");
  }

  @Test
  void aGrantHoldsForTheNextReservationOnEveryNodeAndIsToldByChecks() {
    assertThat(reserve(other, 4)).isEqualTo(429);
    JsonNode made = grant("{\"amount\":5,\"rollover\":true}").mustBe(201).json();
    Answer check = check(other, 8);
    assertThat(check.json().get("granted").booleanValue()).isTrue();
    assertThat(check.json().at("/quotas/0").toString())
        .contains("\"limit\":3,\"granted\":5,\"used\":0,\"held\":0,\"remaining\":8");
    assertThat(check.header("RateLimit-Policy")).contains(";q=8;");
    assertThat(check.header("RateLimit")).contains(";r=8;");
    assertThat(reserve(other, 7)).isEqualTo(201);
    assertThat(check(platform, 2).json().get("granted").booleanValue()).isFalse();
    Answer refused = reserving(platform, 2).mustBe(429);
    assertThat(refused.json().at("/error/details/quota/granted").intValue()).isEqualTo(5);
    assertThat(refused.json().at("/error/details/quota/remaining").intValue()).isEqualTo(1);
    JsonNode read = tenant.get(path(made)).mustBe(200).json();
    assertThat(read.get("used").intValue()).isEqualTo(4);
    assertThat(read.get("left").intValue()).isEqualTo(1);
    assertThat(read.get("state").textValue()).isEqualTo("active");
    assertThat(read.get("endsAt").isNull()).isTrue();
  }

  @Test
  void aRevokedGrantIsGoneForEveryNodeAtOnce() {
    JsonNode made = grant("{\"amount\":5}").mustBe(201).json();
    assertThat(check(other, 8).json().get("granted").booleanValue()).isTrue();
    assertThat(reserve(other, 4)).isEqualTo(201);
    tenant.delete(path(made)).mustBe(204);
    assertThat(reserve(other, 1)).isEqualTo(429);
    tenant.get(path(made)).mustBe(404);
    tenant.delete(path(made)).mustBe(404);
    assertThat(tenant.get(grants()).mustBe(200).json().get("items")).isEmpty();
  }

  @Test
  void aRepeatedRequestGrantsOnce() {
    PlatformClient keyed = tenant.with("Idempotency-Key", "grant-once");
    Answer first = keyed.post(grants(), "{\"amount\":5}").mustBe(201);
    Answer again = keyed.post(grants(), "{\"amount\":5}").mustBe(201);
    assertThat(again.json()).isEqualTo(first.json());
    assertThat(again.header("Location")).isEqualTo(first.header("Location"));
    keyed.post(grants(), "{\"amount\":6}").mustBe(422);
    assertThat(tenant.get(grants()).json().get("items")).hasSize(1);
  }

  @Test
  void theyAreListedInPagesInTheOrderInWhichTheyWereMade() {
    List<String> made = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      made.add(grant("{\"amount\":" + i + "}").mustBe(201).json().get("id").textValue());
    }
    List<String> listed = new ArrayList<>();
    String cursor = "";
    while (cursor != null) {
      JsonNode page = tenant.get(grants() + "?limit=2" + cursor).mustBe(200).json();
      page.get("items").forEach(item -> listed.add(item.get("id").textValue()));
      cursor =
          page.get("nextCursor").isNull() ? null : "&cursor=" + page.get("nextCursor").asText();
    }
    assertThat(listed).isEqualTo(made);
    assertThat(tenant.get(grants() + "?cursor=none").mustBe(422).fields())
        .containsExactly("cursor");
  }

  @Test
  void theTagIsThatOfTheSetOfLimits() {
    String tag = tenant.get("/v1/quotas").header("ETag");
    Answer made = tenant.with("If-Match", tag).post(grants(), "{\"amount\":5}").mustBe(201);
    assertThat(made.header("ETag")).isNotEqualTo(tag);
    assertThat(tenant.get("/v1/quotas").header("ETag")).isEqualTo(made.header("ETag"));
    tenant.with("If-Match", tag).post(grants(), "{\"amount\":5}").mustBe(412);
    tenant.with("If-Match", tag).delete(path(made.json())).mustBe(412);
    tenant.with("If-Match", made.header("ETag")).delete(path(made.json())).mustBe(204);
  }

  @Test
  void aChangeHasItsAuditRowAndItsEvent() {
    JsonNode made = grant("{\"amount\":5}").mustBe(201).json();
    tenant.delete(path(made)).mustBe(204);
    assertThat(
            sql.tenant(
                name,
                "SELECT action || ' ' || target FROM audit_events"
                    + " WHERE action LIKE 'quota.grant%' ORDER BY id"))
        .containsExactly(
            "quota.grant_created quotas/%s/grants/%s".formatted(quota, id(made)),
            "quota.grant_revoked quotas/%s/grants/%s".formatted(quota, id(made)));
    assertThat(
            sql.tenant(
                name,
                "SELECT details->'grant'->>'amount' FROM audit_events"
                    + " WHERE action = 'quota.grant_created'"))
        .containsExactly("5");
  }

  @Test
  void everyBrokenRuleIsNamed() {
    Answer refused =
        grant(
                """
                {"amount":0,"subject":{"user":"ann"},"validFrom":"soon",
                 "validUntil":"2020-01-01T00:00:00Z","priority":2000,"description":"\\u0000"}""")
            .mustBe(422);
    assertThat(refused.fields())
        .containsExactlyInAnyOrder(
            "amount", "subject", "validFrom", "validUntil", "priority", "description");
    assertThat(grant("{}").mustBe(422).fields()).containsExactly("amount");
    assertThat(
            grant(
                    """
                    {"amount":1,"validFrom":"2020-01-01T00:00:00Z",
                     "validUntil":"2020-01-02T00:00:00Z","rollover":true}""")
                .mustBe(422)
                .fields())
        .containsExactly("validUntil");
    assertThat(grant("{\"amount\":1,\"validFrom\":\"2020-01-01T00:00:00Z\"}").mustBe(422).fields())
        .containsExactly("validFrom");
    grant("[]").mustBe(400);
    tenant.post("/v1/quotas/" + UUID.randomUUID() + "/grants", "{\"amount\":1}").mustBe(404);
    tenant.post("/v1/quotas/none/grants", "{\"amount\":1}").mustBe(404);
    tenant.get("/v1/quotas/none/grants").mustBe(404);
    tenant.get(grants() + "/none").mustBe(404);
  }

  @Test
  void whatALimitIsOfDecidesWhatAGrantIsOf() {
    quota = put("{\"dimension\":\"cost\",\"window\":\"month\",\"limit\":" + usd("1") + "}");
    assertThat(grant("{\"amount\":5}").mustBe(422).fields()).containsExactly("amount");
    JsonNode made = grant("{\"amount\":" + usd("0.5") + "}").mustBe(201).json();
    assertThat(made.at("/left/amount").textValue()).isEqualTo("0.500000000");
    quota =
        put(
            """
            {"dimension":"requests","scope":{"user":"*","model":"*"},"window":"day","limit":3}""");
    assertThat(grant("{\"amount\":5,\"subject\":{\"user\":\"ann\"}}").mustBe(422).fields())
        .containsExactly("subject.model");
    assertThat(
            grant("{\"amount\":5,\"subject\":{\"user\":\"*\",\"model\":\"m\",\"team\":\"t\"}}")
                .mustBe(422)
                .fields())
        .containsExactlyInAnyOrder("subject.user", "subject");
    JsonNode anns =
        grant("{\"amount\":5,\"subject\":{\"user\":\"ann\",\"model\":\"m\"}}").mustBe(201).json();
    assertThat(anns.get("subject").toString()).isEqualTo("{\"user\":\"ann\",\"model\":\"m\"}");
    JsonNode each = grant("{\"amount\":5}").mustBe(201).json();
    assertThat(each.get("used").isNull()).isTrue();
    quota =
        put(
            """
            {"dimension":"requests","window":{"kind":"rolling","length":"PT1H"},"limit":3}""");
    assertThat(grant("{\"amount\":5}").mustBe(422).fields()).containsExactly("quotaId");
  }

  @Test
  void aLimitHasAtMostFiftyGrantsThatAreNotOver() {
    for (int i = 0; i < 50; i++) {
      grant("{\"amount\":1}").mustBe(201);
    }
    Answer refused = grant("{\"amount\":1}").mustBe(409);
    assertThat(refused.errorCode()).isEqualTo("conflict");
    // One that gave nothing makes room when it is revoked.
    tenant.delete(path(tenant.get(grants()).json().at("/items/0"))).mustBe(204);
    grant("{\"amount\":1}").mustBe(201);
  }

  @Test
  void whatAPlanGivesOnlyThePlatformGrantsMoreOf() {
    platform
        .client()
        .put(
            "/v1/platform/defaults",
            """
            {"plans":[{"name":"test","quotas":[
              {"dimension":"requests","window":"day","limit":3}]}]}""")
        .mustBe(200);
    try {
      Answer refused = grant("{\"amount\":5}").mustBe(403);
      assertThat(refused.errorCode()).isEqualTo("forbidden");
      PlatformClient person =
          platform.client(
              RealServers.issuer()
                  .organizationToken("m2m", "org_" + name, PlatformUnderTest.ALL_SCOPES));
      person.post(grants(), "{\"amount\":5}").mustBe(403);
      JsonNode made =
          platform.client().forTenant(name).post(grants(), "{\"amount\":5}").mustBe(201).json();
      tenant.delete(path(made)).mustBe(403);
      assertThat(reserve(other, 8)).isEqualTo(201);
    } finally {
      platform.client().put("/v1/platform/defaults", "{\"plans\":[]}").mustBe(200);
    }
  }

  @Test
  void usageTellsOfHoldsAndGrantsAsACheckDoes() {
    grant("{\"amount\":5}").mustBe(201);
    assertThat(reserve(other, 4)).isEqualTo(201);
    Answer usage = tenant.get("/v1/quotas/usage?window=day").mustBe(200);
    JsonNode limit = usage.json().at("/items/0/quotas/0");
    JsonNode checked = check(platform, 1).json().at("/quotas/0");
    for (String field : List.of("limit", "granted", "used", "held", "remaining", "resetAt")) {
      assertThat(limit.get(field)).as(field).isEqualTo(checked.get(field));
    }
    assertThat(limit.get("remaining").intValue()).isEqualTo(4);
    assertThat(usage.header("RateLimit-Policy")).contains(";q=8;");
    JsonNode standing = tenant.get("/v1/quotas/" + quota + "/usage").mustBe(200).json();
    assertThat(standing.at("/items/0/quota")).isEqualTo(checked);
    assertThat(standing.at("/items/0/subject")).isEmpty();
    JsonNode past =
        tenant
            .get("/v1/quotas/usage?window=day&at=2026-01-01T00:00:00Z")
            .mustBe(200)
            .json()
            .at("/items/0/quotas/0");
    assertThat(past.get("granted").intValue() + past.get("held").intValue()).isZero();
  }

  @Test
  void aSeriesEndsWithWhatTheLimitStandsAtWhateverHappensToItsGrants() {
    assertAgrees(3, 0);
    JsonNode first = grant("{\"amount\":5}").mustBe(201).json();
    assertAgrees(8, 5);
    // Not today.
    grant("{\"amount\":70,\"validFrom\":\"%s\"}".formatted(Instant.now().plus(Duration.ofDays(2))))
        .mustBe(201);
    assertAgrees(8, 5);
    assertThat(reserve(other, 4)).isEqualTo(201);
    assertAgrees(8, 5);
    grant("{\"amount\":2,\"priority\":200}").mustBe(201);
    assertAgrees(10, 7);
    tenant.delete(path(first)).mustBe(204);
    assertAgrees(6, 3);
  }

  @Test
  void aSeriesBurnsGrantsDownWithTheUsageThatIsPosted() {
    quota =
        put(
            """
            {"dimension":"cost","scope":{"user":"*"},"window":"month","limit":%s}"""
                .formatted(usd("10")));
    grant("{\"amount\":" + usd("4") + "}").mustBe(201);
    grant("{\"amount\":" + usd("90") + ",\"subject\":{\"user\":\"bob\"}}").mustBe(201);
    settle("13.999999999", "{\"subject\":{\"user\":\"ann\"},\"estimates\":{\"requests\":1}}");
    JsonNode usage =
        tenant
            .get("/v1/quotas/usage?window=month&series=day&scope=user&scopeId=ann")
            .mustBe(200)
            .json()
            .at("/items/0");
    JsonNode burnDown = usage.at("/series/quotas/0");
    JsonNode last = burnDown.at("/points/" + (burnDown.get("points").size() - 1));
    JsonNode standing =
        tenant.get("/v1/quotas/" + quota + "/usage").mustBe(200).json().at("/items/0/quota");
    assertThat(last.get("cumulated")).isEqualTo(standing.get("used"));
    assertThat(last.get("granted")).isEqualTo(standing.get("granted"));
    assertThat(last.get("remaining")).isEqualTo(standing.get("remaining"));
    assertThat(last.at("/granted/amount").textValue()).isEqualTo("4.000000000");
    assertThat(last.at("/remaining/amount").textValue()).isEqualTo("0.000000001");
    // The limit alone is reached already; with the grant it will be in a moment.
    Instant exhausted = Instant.parse(burnDown.get("projectedExhaustionAt").textValue());
    assertThat(exhausted).isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(2));
  }

  /** Nothing is posted of what is held, so all of limit and grants remains in the series. */
  private void assertAgrees(int remaining, int granted) {
    JsonNode usage = series("");
    JsonNode points = usage.at("/series/quotas/0/points");
    JsonNode last = points.get(points.size() - 1);
    assertThat(last.get("granted").intValue()).isEqualTo(granted);
    assertThat(last.get("remaining").intValue()).isEqualTo(remaining);
    assertThat(usage.at("/quotas/0/granted")).isEqualTo(last.get("granted"));
    assertThat(
            tenant
                .get("/v1/quotas/" + quota + "/usage")
                .mustBe(200)
                .json()
                .at("/items/0/quota/granted"))
        .isEqualTo(last.get("granted"));
  }

  @Test
  void aSeriesOfThePastTellsWhatItsWindowHasDrawnOrThatNobodyKnows() {
    JsonNode made = grant("{\"amount\":5,\"rollover\":true}").mustBe(201).json();
    Instant today = Instant.now().truncatedTo(ChronoUnit.DAYS);
    assertThat(grantedOn(today, 1).toString()).isEqualTo("[0]");
    // It began a month ago, and two of it were drawn yesterday and one ten days ago.
    sql.tenant(
        name,
        "UPDATE quota_grants SET valid_from = valid_from - interval '30 days' WHERE id = '%s'"
            .formatted(id(made)));
    draw(made, Instant.EPOCH, 3);
    draw(made, today.minus(Duration.ofDays(1)), 2);
    // Of five, three are drawn: two are left for today.
    assertThat(grantedOn(today, 0).toString()).isEqualTo("[2]");
    assertThat(grantedOn(today, 1).toString()).isEqualTo("[2]");
    // The row of so long ago may have been removed, and grants of still earlier may be forgotten.
    assertThat(grantedOn(today, 10).toString()).isEqualTo("[null]");
    assertThat(grantedOn(today, 50).toString()).isEqualTo("[null]");
    draw(made, today.minus(Duration.ofDays(10)), 1);
    assertThat(grantedOn(today, 10).toString()).isEqualTo("[1]");
    // Before it began there was none.
    assertThat(grantedOn(today, 35).toString()).isEqualTo("[0]");
    // As of an instant it cannot be told what was drawn by then.
    JsonNode then =
        series("&asOf=" + Instant.now().minusSeconds(1)).at("/series/quotas/0/points/0");
    assertThat(then.get("granted").isNull() && then.get("remaining").isNull()).isTrue();
  }

  private void draw(JsonNode grant, Instant window, int units) {
    sql.tenant(
        name,
        """
        INSERT INTO quota_balances (quota_id, subject, slot, used, held, version)
        VALUES ('%s', '', '%s', %d, 0, 1)"""
            .formatted(id(grant), window, units));
  }

  /** What the last point of a day tells, so many days ago. */
  private JsonNode grantedOn(Instant today, int daysAgo) {
    JsonNode points =
        series("&at=" + today.minus(Duration.ofDays(daysAgo))).at("/series/quotas/0/points");
    assertThat(points).isNotEmpty();
    JsonNode last = points.get(points.size() - 1);
    assertThat(last.get("remaining").isNull()).isEqualTo(last.get("granted").isNull());
    return new ObjectMapper().createArrayNode().add(last.get("granted"));
  }

  private JsonNode series(String more) {
    return tenant
        .get("/v1/quotas/usage?window=day&series=hour" + more)
        .mustBe(200)
        .json()
        .at("/items/0");
  }

  @Test
  void theBudgetOfEventsIsWhatTheLimitStandsAt() {
    List<String> expected = new ArrayList<>();
    quota = put("{\"dimension\":\"cost\",\"window\":\"month\",\"limit\":" + usd("10") + "}");
    expected.add(standing());
    grant("{\"amount\":" + usd("4") + "}").mustBe(201);
    expected.add(standing());
    JsonNode last = grant("{\"amount\":" + usd("2") + ",\"priority\":200}").mustBe(201).json();
    expected.add(standing());
    settle("15.5");
    expected.add(standing());
    tenant.delete(path(last)).mustBe(204);
    expected.add(standing());
    assertThat(expected)
        .containsExactly(
            "10.000000000", "14.000000000", "16.000000000", "16.000000000", "15.500000000");
    assertThat(budgets(expected.size())).isEqualTo(expected);
  }

  /** What the events said, without those that knew of no budget. */
  private List<String> budgets(int count) {
    List<String> told = new ArrayList<>();
    Map<String, Object> properties = Map.of("bootstrap.servers", RealServers.kafka().brokers());
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(platform.settings().platformTopic()).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      await("the events")
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> add(record.value(), told));
                return told.size() >= count;
              });
    }
    return told;
  }

  private void add(String value, List<String> told) {
    try {
      JsonNode event = new ObjectMapper().readTree(value);
      JsonNode budget = event.at("/payload/budget/amount");
      if (event.get("type").textValue().equals("quota.updated")
          && event.get("tenantId").textValue().equals(name)
          && budget.isTextual()) {
        told.add(budget.textValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The limit with what is granted on top of it. */
  private String standing() {
    JsonNode level =
        tenant.get("/v1/quotas/" + quota + "/usage").mustBe(200).json().at("/items/0/quota");
    return new BigDecimal(level.at("/limit/amount").textValue())
        .add(new BigDecimal(level.at("/granted/amount").textValue()))
        .toPlainString();
  }

  private void settle(String cost) {
    settle(cost, body(1));
  }

  private void settle(String cost, String reservation) {
    String id =
        tenant
            .post("/v1/quotas/reservations", reservation)
            .mustBe(201)
            .json()
            .get("id")
            .textValue();
    tenant
        .post(
            "/v1/quotas/reservations/" + id + "/settle",
            "{\"actual\":{\"cost\":" + usd(cost) + "}}")
        .mustBe(200);
  }

  @Test
  void howALimitStandsIsListedForEachNameInPages() {
    quota =
        put(
            """
            {"dimension":"requests","scope":{"user":"*","model":"*"},
             "window":{"kind":"day","timeZone":"Asia/Tokyo"},"limit":3}""");
    for (String user : List.of("cleo", "ann", "bob")) {
      tenant
          .post(
              "/v1/quotas/reservations",
              "{\"subject\":{\"user\":\"%s\"},\"model\":\"m\"}".formatted(user))
          .mustBe(201);
    }
    String path = "/v1/quotas/" + quota + "/usage?limit=2";
    JsonNode first = tenant.get(path).mustBe(200).json();
    assertThat(first.at("/items/0/subject").toString())
        .isEqualTo("{\"user\":\"ann\",\"model\":\"m\"}");
    JsonNode rest =
        tenant.get(path + "&cursor=" + first.get("nextCursor").textValue()).mustBe(200).json();
    assertThat(rest.get("items")).hasSize(1);
    assertThat(rest.at("/items/0/subject/user").textValue()).isEqualTo("cleo");
    assertThat(rest.get("nextCursor").isNull()).isTrue();
    tenant.get("/v1/quotas/" + UUID.randomUUID() + "/usage").mustBe(404);
    tenant.get("/v1/quotas/none/usage").mustBe(404);
    tenant.get(path + "&cursor=none").mustBe(422);
  }

  private String put(String item) {
    return tenant
        .put("/v1/quotas", "{\"items\":[" + item + "]}")
        .mustBe(200)
        .json()
        .at("/items/0/id")
        .textValue();
  }

  private String grants() {
    return "/v1/quotas/" + quota + "/grants";
  }

  private String path(JsonNode grant) {
    return grants() + "/" + id(grant);
  }

  private static String id(JsonNode grant) {
    return grant.get("id").textValue();
  }

  private Answer grant(String body) {
    return tenant.post(grants(), body);
  }

  private Answer check(PlatformUnderTest node, int requests) {
    return node.clientOf(name).post(CHECK, body(requests)).mustBe(200);
  }

  private int reserve(PlatformUnderTest node, int requests) {
    return reserving(node, requests).status();
  }

  private Answer reserving(PlatformUnderTest node, int requests) {
    return node.clientOf(name).post("/v1/quotas/reservations", body(requests));
  }

  private static String body(int requests) {
    return "{\"estimates\":{\"requests\":" + requests + "}}";
  }

  private static String usd(String amount) {
    return "{\"amount\":\"" + amount + "\",\"currency\":\"USD\"}";
  }
}
