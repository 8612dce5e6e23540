package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.RealServers;
import io.platformapi.service.testing.TenantSql;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Plans, and the tenants that follow them. Every tenant here has the plan {@code test}. */
class PlanApiTest {
  private static final String DEFAULTS = "/v1/platform/defaults";
  private static final String QUOTAS = "/v1/quotas";
  private static final String REQUESTS =
      """
      {"dimension":"requests","window":"lifetime","limit":%d,
       "bounds":{"maxLimit":%d,"loosestMode":"warn"}}""";
  private static final String COST =
      """
      {"dimension":"cost","window":"month","limit":{"amount":"5","currency":"%s"}}""";

  private static PlatformUnderTest platform;
  private static PlatformUnderTest other;
  private static PlatformClient client;
  private static TenantSql sql;

  @BeforeAll
  static void start() throws Exception {
    platform = PlatformUnderTest.start();
    other = PlatformUnderTest.start(platform.settings());
    client = platform.client();
    sql = new TenantSql(platform.settings());
    List.of("acme", "globex", "initech", "hooli").forEach(platform::createTenant);
  }

  @AfterAll
  static void stop() {
    other.close();
    platform.close();
  }

  @BeforeEach
  void empty() {
    plans("").mustBe(200);
    followed();
    List.of("acme", "globex").forEach(t -> tenant(t).put(QUOTAS, "{\"items\":[]}").mustBe(200));
  }

  @Test
  void theDefaultsAreReplacedAsAWholeAndReadBack() {
    Answer put = plans(REQUESTS.formatted(10, 50), COST.formatted("USD")).mustBe(200);
    assertThat(put.json().at("/plans/0/quotas/0").toString())
        .isEqualTo(
            """
            {"dimension":"requests","scope":{"type":"tenant","id":null},"window":"lifetime",\
            "limit":10,"mode":"enforce","thresholds":[],"priority":100,"description":"",\
            "bounds":{"maxLimit":50,"loosestMode":"warn"}}""");
    assertThat(put.json().at("/plans/0/quotas/1/bounds/maxLimit/amount").textValue())
        .isEqualTo("5.000000000");
    Answer read = client.get(DEFAULTS).mustBe(200);
    assertThat(read.json()).isEqualTo(put.json());
    assertThat(read.header("ETag")).isEqualTo(put.header("ETag"));
    client.with("If-None-Match", put.header("ETag")).get(DEFAULTS).mustBe(304);
    // What was read can be sent back, and is no change.
    Answer again = client.with("If-Match", put.header("ETag")).put(DEFAULTS, read.body());
    assertThat(again.mustBe(200).header("ETag")).isEqualTo(put.header("ETag"));
    plans("").mustBe(200);
    Answer stale = client.with("If-Match", put.header("ETag")).put(DEFAULTS, read.body());
    assertThat(stale.mustBe(412).errorCode()).isEqualTo("precondition_failed");
    assertThat(
            sql.admin(
                "SELECT details->'after'->'plans'->0->>'name' FROM audit_events"
                    + " WHERE action = 'platform.defaults_changed' ORDER BY id DESC LIMIT 1"))
        .containsExactly("test");
  }

  @Test
  void aRepeatedRequestChangesNothingTwice() {
    PlatformClient keyed = client.with("Idempotency-Key", "plans-once");
    String body = body(REQUESTS.formatted(10, 50));
    Answer first = keyed.put(DEFAULTS, body).mustBe(200);
    plans("").mustBe(200);
    Answer again = keyed.put(DEFAULTS, body).mustBe(200);
    assertThat(again.header("ETag")).isEqualTo(first.header("ETag"));
    assertThat(client.get(DEFAULTS).json().at("/plans/0/quotas")).isEmpty();
  }

  @Test
  void everyBrokenRuleIsNamed() {
    Answer refused =
        client.put(
            DEFAULTS,
            """
            {"plans":[
              {"name":"a b","quotas":[
                {"dimension":"requests","window":"year","limit":1},
                {"dimension":"requests","window":"day","limit":5,"mode":"warn",
                 "bounds":{"maxLimit":4,"loosestMode":"enforce"}},
                {"dimension":"cost","window":"day","limit":{"amount":"1","currency":"usd"}},
                {"dimension":"cost","window":"day","limit":5}]},
              {"name":"x","quotas":[
                {"dimension":"cost","window":"day","limit":{"amount":"1","currency":"USD"},
                 "bounds":{"maxLimit":{"amount":"1","currency":"EUR"}}},
                {"dimension":"requests","window":"day","limit":1},
                {"dimension":"requests","window":"day","limit":2},
                null]},
              {"name":"x","description":"\\u0000"},
              null]}""");
    assertThat(refused.mustBe(422).fields())
        .isEqualTo(
            new TreeSet<>(
                Set.of(
                    "plans[0].name",
                    "plans[0].quotas[0].window",
                    "plans[0].quotas[1].bounds.maxLimit",
                    "plans[0].quotas[1].bounds.loosestMode",
                    "plans[0].quotas[2].limit.currency",
                    "plans[0].quotas[3].limit",
                    "plans[1].quotas[0].bounds.maxLimit.currency",
                    "plans[1].quotas[2]",
                    "plans[1].quotas[3]",
                    "plans[2].name",
                    "plans[2].description",
                    "plans[3]")));
    client.put(DEFAULTS, "{}").mustBe(422);
    client.put(DEFAULTS, "[]").mustBe(400);
  }

  @Test
  void aPlanIsInForceForItsTenantsOnEveryNode() {
    plans(REQUESTS.formatted(2, 5), COST.formatted("USD"), COST.formatted("EUR")).mustBe(200);
    followed();
    JsonNode items = tenant("acme").get(QUOTAS).mustBe(200).json().get("items");
    assertThat(items).hasSize(2).allMatch(item -> item.get("origin").textValue().equals("plan"));
    assertThat(reserve(platform, "acme", 3)).isEqualTo(429);
    assertThat(reserve(other, "acme", 2)).isEqualTo(201);
    assertThat(reserve(platform, "acme", 1)).isEqualTo(429);
    plans(REQUESTS.formatted(3, 5)).mustBe(200);
    followed();
    assertThat(tenant("acme").get(QUOTAS).json().get("items")).hasSize(1);
    assertThat(reserve(other, "acme", 1)).isEqualTo(201);
    assertThat(reserve(platform, "acme", 1)).isEqualTo(429);
    plans("").mustBe(200);
    followed();
    assertThat(tenant("acme").get(QUOTAS).json().get("items")).isEmpty();
    assertThat(reserve(other, "acme", 100)).isEqualTo(201);
    assertThat(
            sql.tenant(
                "acme",
                "SELECT count(DISTINCT actor) FROM audit_events"
                    + " WHERE action = 'quota.changed' AND actor = 'platform'"))
        .containsExactly("1");
  }

  @Test
  void aTenantOverridesWithinTheBoundsAndThePlatformBeyond() {
    plans(REQUESTS.formatted(2, 5)).mustBe(200);
    followed();
    PlatformClient globex = tenant("globex");
    Answer beyond = globex.put(QUOTAS, requests(6, "off")).mustBe(422);
    assertThat(beyond.fields()).containsExactly("items[0].limit", "items[0].mode");
    assertThat(beyond.body()).contains("must not be above 5, the bound of plan test");
    JsonNode own = globex.put(QUOTAS, requests(5, "warn")).mustBe(200).json().get("items");
    assertThat(own).hasSize(1);
    assertThat(own.at("/0/origin").textValue()).isEqualTo("tenant");
    JsonNode back = globex.put(QUOTAS, "{\"items\":" + own + "}").mustBe(200).json().get("items");
    assertThat(back).isEqualTo(own);

    JsonNode granted =
        client
            .forTenant("globex")
            .put(QUOTAS, requests(1_000, "enforce"))
            .mustBe(200)
            .json()
            .get("items");
    assertThat(granted.at("/0/origin").textValue()).isEqualTo("platform");
    plans(REQUESTS.formatted(1, 1)).mustBe(200);
    followed();
    assertThat(globex.get(QUOTAS).json().get("items")).isEqualTo(granted);
    globex.put(QUOTAS, requests(999, "enforce")).mustBe(422);
    // Nobody else's scopes are enough, whatever the tenant's token says of itself.
    PlatformClient person =
        platform.client(
            RealServers.issuer()
                .organizationToken("m2m", "org_globex", PlatformUnderTest.ALL_SCOPES));
    person.put(QUOTAS, requests(999, "enforce")).mustBe(422);
    person.get(DEFAULTS).mustBe(403);
    person.put(DEFAULTS, "{\"plans\":[]}").mustBe(403);
  }

  @Test
  void aTenantWhoseDatabaseIsAwayFollowsLaterAndHoldsUpNobody() {
    sql.shut("hooli");
    try {
      plans(REQUESTS.formatted(7, 7)).mustBe(200);
      await("the others")
          .atMost(Duration.ofSeconds(60))
          .until(
              () ->
                  sql.admin(behind()).equals(List.of("hooli"))
                      && tenant("initech").get(QUOTAS).json().get("items").size() == 1);
    } finally {
      sql.open("hooli");
    }
    followed();
    assertThat(sql.tenant("hooli", "SELECT limit_value FROM quotas")).containsExactly("7");
  }

  @Test
  void aNodeThatDiedBetweenAChangeOfAPlanAndItsLimitsIsNoLoss() {
    plans(REQUESTS.formatted(4, 4)).mustBe(200);
    platform.createTenant("later");
    assertThat(sql.tenant("later", "SELECT limit_value || origin FROM quotas"))
        .containsExactly("4plan");
    // What it has committed; nobody has been told.
    sql.admin("UPDATE tenants SET plan = 'none', version = version + 1 WHERE id = 'later'");
    followed();
    assertThat(sql.tenant("later", "SELECT limit_value FROM quotas")).isEmpty();
  }

  @Test
  void aNewTenantHasTheLimitsOfItsPlanWhenItsCreationIsAnswered() {
    plans(REQUESTS.formatted(4, 4)).mustBe(200);
    platform.createTenant("new");
    assertThat(sql.tenant("new", "SELECT limit_value || origin FROM quotas"))
        .containsExactly("4plan");
    assertThat(reserve(other, "new", 5)).isEqualTo(429);
  }

  @Test
  void aTenantThatHasNeverFollowedItsPlanFollowsBeforeAnythingIsGranted() {
    plans(REQUESTS.formatted(4, 4)).mustBe(200);
    platform.createTenant("unplanned");
    followed();
    // As it is cloned: the node that made it active has died then, and nobody has looked yet.
    sql.tenant(
        "unplanned",
        "WITH gone AS (DELETE FROM quotas) UPDATE quota_set SET plan_defaults = 0, plan_tenant = 0"
            + " RETURNING 1");
    assertThat(reserve(other, "unplanned", 5)).isEqualTo(429);
    assertThat(reserve(other, "unplanned", 4)).isEqualTo(201);
  }

  @Test
  void anotherPlanIsInForceOnEveryNodeWhenTheChangeIsAnswered() {
    client
        .put(
            DEFAULTS,
            """
            {"plans":[{"name":"test","quotas":[%s]},{"name":"big","quotas":[%s]}]}"""
                .formatted(REQUESTS.formatted(1, 1), REQUESTS.formatted(9, 9)))
        .mustBe(200);
    platform.createTenant("grows");
    assertThat(reserve(other, "grows", 2)).isEqualTo(429);
    Answer before = client.get("/v1/tenants/grows").mustBe(200);
    PlatformClient agreed = client.with("If-Match", before.header("ETag"));
    Answer after = agreed.patch("/v1/tenants/grows", "{\"plan\":\"big\"}").mustBe(200);
    assertThat(after.json().get("plan").textValue()).isEqualTo("big");
    assertThat(after.header("ETag")).isNotEqualTo(before.header("ETag"));
    assertThat(reserve(other, "grows", 9)).isEqualTo(201);
    assertThat(reserve(platform, "grows", 1)).isEqualTo(429);
    agreed.patch("/v1/tenants/grows", "{\"plan\":\"test\"}").mustBe(412);
    PlatformClient once = client.with("Idempotency-Key", "shrink");
    once.patch("/v1/tenants/grows", "{\"plan\":\"test\"}").mustBe(200);
    once.patch("/v1/tenants/grows", "{\"plan\":\"test\"}").mustBe(200);
    assertThat(sql.tenant("grows", "SELECT limit_value FROM quotas")).containsExactly("1");
    assertThat(
            sql.admin(
                "SELECT count(*) FROM audit_events WHERE action = 'tenant.updated'"
                    + " AND target = 'tenant/grows'"))
        .containsExactly("2");
  }

  @Test
  void aPlanThatNobodyMayGiveItselfIsRefused() {
    tenant("acme").patch("/v1/tenants/acme", "{\"plan\":\"big\"}").mustBe(403);
    assertThat(client.patch("/v1/tenants/acme", "{}").mustBe(422).fields()).containsExactly("plan");
    client.patch("/v1/tenants/acme", "{\"name\":\"x\",\"plan\":\"test\"}").mustBe(400);
    client.patch("/v1/tenants/nobody", "{\"plan\":\"test\"}").mustBe(404);
  }

  private static PlatformClient tenant(String tenant) {
    return platform.clientOf(tenant);
  }

  private static int reserve(PlatformUnderTest node, String tenant, int requests) {
    return node.clientOf(tenant)
        .post("/v1/quotas/reservations", "{\"estimates\":{\"requests\":" + requests + "}}")
        .status();
  }

  private static String requests(int limit, String mode) {
    return """
        {"items":[{"dimension":"requests","window":"lifetime","limit":%d,"mode":"%s"}]}"""
        .formatted(limit, mode);
  }

  private static Answer plans(String... quotas) {
    return client.put(DEFAULTS, body(quotas));
  }

  private static String body(String... quotas) {
    return "{\"plans\":[{\"name\":\"test\",\"quotas\":[" + String.join(",", quotas) + "]}]}";
  }

  private static void followed() {
    await("all tenants to follow their plan")
        .atMost(Duration.ofSeconds(60))
        .until(() -> sql.admin(behind()).isEmpty());
  }

  private static String behind() {
    return """
        SELECT t.id FROM platform_defaults d CROSS JOIN tenants t
        LEFT JOIN tenant_plans p ON p.tenant_id = t.id AND p.defaults_version = d.version
          AND p.tenant_version = t.version
        WHERE p.tenant_id IS NULL""";
  }
}
