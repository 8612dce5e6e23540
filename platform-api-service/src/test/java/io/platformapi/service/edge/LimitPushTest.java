package io.platformapi.service.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.PlayedEdge;
import io.platformapi.service.testing.TenantSql;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LimitPushTest {
  private static final String MONTH_OF_THE_TEAM =
      """
      {"dimension": "cost", "scope": {"team": "team_%s"}, "window": "month",
       "limit": {"amount": "%s", "currency": "USD"}}""";
  private static final String MINUTE =
      """
      {"dimension": "requests", "window": "minute", "limit": %d}""";

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
            .with("KONG_ADMIN_TOKEN", "kong-token")
            .with("KONG_REDIS_HOST", "kong-redis");
    platform = PlatformUnderTest.start(settings);
    sql = new TenantSql(settings);
  }

  @AfterAll
  static void stop() {
    platform.close();
    edge.close();
  }

  @BeforeEach
  void newTenant() {
    tenant = "t-" + UUID.randomUUID().toString().substring(0, 8);
    platform.createTenant(tenant);
    client = platform.clientOf(tenant);
    edge.team("team_" + tenant);
    edge.consumer(tenant);
  }

  @AfterEach
  void mend() {
    edge.fail("/litellm", 0);
    edge.fail("/kong-admin", 0);
  }

  @Test
  void limitsThatDifferArePushedOnceWithAllTheirDigits() {
    quotas(MONTH_OF_THE_TEAM.formatted(tenant, "1234.000000001"), MINUTE.formatted(60));
    List<JsonNode> report = push();
    assertThat(outcomes(report)).containsExactly("litellm_team pushed", "kong_consumer pushed");
    assertThat(report.get(0).get("before")).isEmpty();
    assertThat(report.get(0).get("after"))
        .hasToString("{\"max_budget\":\"1234.000000001\",\"budget_duration\":\"1mo\"}");
    assertThat(report.get(0).get("quotas")).hasSize(1);
    assertThat(edge.changes())
        .contains(
            "POST /litellm/team/update {\"team_id\":\"team_%s\",\"max_budget\":1234.000000001,\"budget_duration\":\"1mo\"}"
                .formatted(tenant));
    assertThat(edge.pluginNow(tenant).at("/config/minute").asLong()).isEqualTo(60);
    assertThat(edge.pluginNow(tenant).at("/config/redis/host").asText()).isEqualTo("kong-redis");

    int changes = edge.changes().size();
    assertThat(outcomes(push()))
        .containsExactly("litellm_team unchanged", "kong_consumer unchanged");
    assertThat(edge.changes()).hasSize(changes);
    assertThat(
            sql.tenant(
                tenant,
                "SELECT actor || ' ' || target || ' ' || (details->'after'->>'max_budget')"
                    + " FROM audit_events WHERE action = 'limit.pushed' AND target LIKE 'litellm%'"))
        .containsExactly("operator:ann litellm_team/team_" + tenant + " 1234.000000001");
  }

  @Test
  void onlyWhatDiffersIsNamedSinceAPeriodWouldBeginAnew() {
    quotas(MONTH_OF_THE_TEAM.formatted(tenant, "5"));
    edge.teamNow("team_" + tenant).put("max_budget", 4.0).put("budget_duration", "30d");
    assertThat(outcomes(push())).containsExactly("litellm_team pushed");
    assertThat(edge.changes())
        .contains(
            "POST /litellm/team/update {\"team_id\":\"team_%s\",\"max_budget\":5}"
                .formatted(tenant));
  }

  @Test
  void whatDriftedAtTheEdgeIsCorrected() {
    quotas(MONTH_OF_THE_TEAM.formatted(tenant, "5"), MINUTE.formatted(60));
    push();
    edge.teamNow("team_" + tenant).put("max_budget", 500.0);
    edge.pluginNow(tenant).put("enabled", false);
    List<JsonNode> report = push();
    assertThat(outcomes(report)).containsExactly("litellm_team pushed", "kong_consumer pushed");
    assertThat(report.get(0).at("/before/max_budget").asText()).isEqualTo("500");
    assertThat(edge.teamNow("team_" + tenant).get("max_budget").asDouble()).isEqualTo(5.0);
    assertThat(edge.pluginNow(tenant).get("enabled").asBoolean()).isTrue();
  }

  @Test
  void aLimitOfOursIsTakenBackAndSomebodyElsesIsLeft() {
    String key = UUID.randomUUID().toString().replace("-", "") + "0".repeat(32);
    edge.key(key, "team_" + tenant);
    quotas(
        MONTH_OF_THE_TEAM.formatted(tenant, "5"),
        MINUTE.formatted(60),
        """
        {"dimension": "cost", "scope": {"api_key": "%s"}, "window": "day",
         "limit": {"amount": "1.5", "currency": "USD"}}"""
            .formatted(key));
    assertThat(outcomes(push()))
        .containsExactly("litellm_team pushed", "litellm_key pushed", "kong_consumer pushed");
    assertThat(edge.keyNow(key).get("max_budget").asDouble()).isEqualTo(1.5);
    edge.keyNow(key).put("max_budget", 7.0);

    quotas();
    assertThat(outcomes(push()))
        .containsExactly("litellm_team taken_back", "litellm_key left", "kong_consumer taken_back");
    assertThat(edge.teamNow("team_" + tenant).get("max_budget").isNull()).isTrue();
    assertThat(edge.teamNow("team_" + tenant).get("budget_duration").isNull()).isTrue();
    assertThat(edge.keyNow(key).get("max_budget").asDouble()).isEqualTo(7.0);
    assertThat(edge.pluginNow(tenant).get("enabled").asBoolean()).isFalse();
    assertThat(push()).isEmpty();
  }

  @Test
  void aLimitWithAGrantIsTakenBackUntilTheGrantIsGone() {
    quotas(MONTH_OF_THE_TEAM.formatted(tenant, "5"));
    assertThat(outcomes(push())).containsExactly("litellm_team pushed");
    String grants =
        "/v1/quotas/" + client.get("/v1/quotas").json().at("/items/0/id").asText() + "/grants";
    String grant =
        client
            .post(grants, "{\"amount\": {\"amount\": \"1\", \"currency\": \"USD\"}}")
            .mustBe(201)
            .json()
            .get("id")
            .asText();
    List<JsonNode> report = push();
    assertThat(outcomes(report)).containsExactly("litellm_team taken_back", "null not_expressible");
    assertThat(report.get(1).get("reason").asText()).isEqualTo("grants");
    assertThat(edge.teamNow("team_" + tenant).get("max_budget").isNull()).isTrue();
    client.delete(grants + "/" + grant).mustBe(204);
    assertThat(outcomes(push())).containsExactly("litellm_team pushed");
  }

  @Test
  void nobodySetsTheLimitsOfAnotherTenant() {
    String other = tenant + "-other";
    platform.createTenant(other);
    edge.team("team_" + other);
    String key = UUID.randomUUID().toString().replace("-", "") + "f".repeat(32);
    edge.key(key, "team_" + other);
    quotas(
        MONTH_OF_THE_TEAM.formatted(other, "0"),
        """
        {"dimension": "cost", "scope": {"api_key": "%s"}, "window": "day",
         "limit": {"amount": "0", "currency": "USD"}}"""
            .formatted(key),
        """
        {"dimension": "requests", "scope": {"api_key": "%s"}, "window": "day", "limit": 1}"""
            .formatted(other));
    assertThat(outcomes(push()))
        .containsExactlyInAnyOrder(
            "litellm_key foreign", "kong_consumer absent", "null not_expressible");
    assertThat(edge.teamNow("team_" + other).has("max_budget")).isFalse();
    assertThat(edge.keyNow(key).has("max_budget")).isFalse();
  }

  @Test
  void anEdgeThatFailsIsAskedOnceAndKeepsNobodyFromTheOthers() {
    quotas(
        MONTH_OF_THE_TEAM.formatted(tenant, "5"),
        MINUTE.formatted(60),
        """
        {"dimension": "requests", "scope": {"api_key": "a"}, "window": "day", "limit": 1}""",
        """
        {"dimension": "requests", "scope": {"api_key": "b"}, "window": "day", "limit": 1}""");
    edge.fail("/kong-admin", 403);
    List<JsonNode> report = push();
    assertThat(outcomes(report))
        .containsExactly(
            "litellm_team pushed",
            "kong_consumer failed",
            "kong_consumer failed",
            "kong_consumer failed");
    assertThat(report.get(1).get("reason").asText()).isEqualTo("refused_credential");
    assertThat(report.toString()).doesNotContain("s3cret");

    edge.fail("/kong-admin", 0);
    edge.fail("/litellm/team/update", 422);
    quotas(MONTH_OF_THE_TEAM.formatted(tenant, "6"), MINUTE.formatted(60));
    report = push();
    assertThat(outcomes(report)).containsExactly("litellm_team failed", "kong_consumer pushed");
    assertThat(report.get(0).get("reason").asText()).isEqualTo("invalid");

    edge.fail("/litellm/team/update", 0);
    assertThat(outcomes(push())).containsExactly("litellm_team pushed", "kong_consumer unchanged");
  }

  @Test
  void whatTheEdgeHasNoWordsForIsNamed() {
    quotas(
        """
        {"dimension": "total_tokens", "window": "day", "limit": 1000}""",
        """
        {"dimension": "cost", "scope": {"user": "ann"}, "window": "day",
         "limit": {"amount": "1", "currency": "USD"}}""");
    List<JsonNode> report = push();
    assertThat(report)
        .extracting(r -> r.get("outcome").asText() + " " + r.get("reason").asText())
        .containsExactlyInAnyOrder("not_expressible dimension", "not_expressible scope");
    assertThat(edge.changes()).noneMatch(change -> change.contains(tenant));
  }

  @Test
  void withoutACredentialNothingIsAsked() throws Exception {
    quotas(MONTH_OF_THE_TEAM.formatted(tenant, "5"), MINUTE.formatted(60));
    PlatformSettings poor =
        platform.settings().with("LITELLM_API_KEY", "").with("KONG_ADMIN_TOKEN", "");
    try (PlatformUnderTest node = PlatformUnderTest.start(poor)) {
      assertThat(outcomes(push(node)))
          .containsExactly("litellm_team not_configured", "kong_consumer not_configured");
    }
    assertThat(edge.changes()).noneMatch(change -> change.contains(tenant));
  }

  @Test
  void operatorsNameATenantAndThemselves() {
    PlatformClient operator = platform.operator();
    assertThat(operator.post("/tasks/limits-push?by=ann", "").mustBe(422).fields())
        .containsExactly("tenant");
    assertThat(operator.post("/tasks/limits-push?tenant=" + tenant, "").mustBe(422).fields())
        .containsExactly("by");
    assertThat(operator.post("/tasks/limits-push?by=ann&tenant=nobody", "").status())
        .isEqualTo(404);
  }

  private void quotas(String... items) {
    client.put("/v1/quotas", "{\"items\":[" + String.join(",", items) + "]}").mustBe(200);
  }

  private List<JsonNode> push() {
    return push(platform);
  }

  private List<JsonNode> push(PlatformUnderTest node) {
    List<JsonNode> report = new ArrayList<>();
    node.operator()
        .post("/tasks/limits-push?by=ann&tenant=" + tenant, "")
        .mustBe(200)
        .json()
        .get("items")
        .forEach(report::add);
    return report;
  }

  private static List<String> outcomes(List<JsonNode> report) {
    return report.stream()
        .map(r -> r.get("edge").asText() + " " + r.get("outcome").asText())
        .toList();
  }
}
