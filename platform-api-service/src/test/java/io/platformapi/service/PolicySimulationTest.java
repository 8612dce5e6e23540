package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.TenantRows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PolicySimulationTest {
  private static final String SIMULATE = "/v1/policies/simulate";
  private static final String SCHEMA =
      """
      {"subject": {"limit": "decimal", "joined": "time"},
       "resources": [{"type": "document", "actions": ["read"],
                      "attributes": {"owner": "string", "level": "integer", "size": "decimal"}}]}""";

  /** What the recorded questions were answered by. */
  private static final String PRESENT =
      """
      {"id": "present", "rules": [
        {"id": "own", "effect": "allow", "resourceType": "document", "action": "read",
         "condition": "resource.owner == subject.id && resource.size < subject.limit"}]}""";

  private static final int DECISIONS = 20;

  private static PlatformUnderTest platform;
  private static PlatformClient client;
  private static TenantRows rows;

  @BeforeAll
  static void start() throws Exception {
    platform = PlatformUnderTest.start();
    platform.createTenant("acme");
    platform.createTenant("globex");
    client = platform.clientOf("acme");
    rows = new TenantRows(platform.settings(), "acme");
    client.put("/v1/policies/schema", SCHEMA).mustBe(200);
    client.post("/v1/policies", PRESENT).mustBe(201);
    for (int i = 0; i < DECISIONS; i++) {
      client.post("/v1/authz/check", question(i)).mustBe(200);
    }
    // Nobody acts on an explanation, and it is not recorded.
    client.post("/v1/authz/explain", question(0)).mustBe(200);
    await("the decisions to be recorded")
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                rows.single("SELECT count(*) FROM policy_decisions")
                    .equals(String.valueOf(DECISIONS)));
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  @Test
  void thePresentPoliciesChangeNothing() {
    JsonNode report = simulate("[" + PRESENT + "]", "");
    assertThat(report.get("examined").asInt()).isEqualTo(DECISIONS);
    assertThat(report.get("unchanged").asInt()).isEqualTo(DECISIONS);
    assertThat(report.get("items")).isEmpty();
    assertThat(report.get("nextCursor").isNull()).isTrue();
  }

  @Test
  void aDraftIsToldByWhatItWouldChange() {
    String stricter =
        PRESENT.replace("resource.owner ==", "resource.level < 4 && resource.owner ==");
    JsonNode report = simulate("[" + stricter + "]", "");
    // Levels are 0 to 9; ann owns every second document.
    assertThat(report.get("newlyDenied").asInt()).isEqualTo(6);
    assertThat(report.get("newlyAllowed").asInt()).isZero();
    JsonNode changed = report.at("/items/0");
    assertThat(changed.get("wasAllowed").asBoolean()).isTrue();
    assertThat(changed.get("wasDecidedBy").asText()).isEqualTo("tenant:present/own");
    assertThat(changed.at("/resource/id").asText()).isEqualTo("d4");
    assertThat(changed.at("/draft/allowed").asBoolean()).isFalse();
    assertThat(changed.at("/draft/reason").asText()).isEqualTo("no_rule_allows");

    JsonNode all =
        simulate(
            """
            [{"id": "all", "rules": [
              {"id": "all", "effect": "allow", "resourceType": "*", "action": "*"}]}]""",
            "");
    assertThat(all.get("newlyAllowed").asInt()).isEqualTo(DECISIONS / 2);
    assertThat(simulate("[]", "").get("newlyDenied").asInt()).isEqualTo(DECISIONS / 2);
    assertThat(client.get("/v1/policies/present").status()).isEqualTo(200);
    client.get("/v1/policies/all").mustBe(404);
  }

  @Test
  void pagesHoldEveryChangeOnceAndTheirCountsAreThoseOfThePeriod() {
    List<String> ids = new ArrayList<>();
    int examined = 0;
    for (String next = ""; next != null; ) {
      JsonNode page = simulate("[]", "?limit=3" + next);
      page.get("items").forEach(item -> ids.add(item.get("id").asText()));
      examined += page.get("examined").asInt();
      next = page.get("nextCursor").isNull() ? null : "&cursor=" + page.get("nextCursor").asText();
    }
    assertThat(ids).hasSize(DECISIONS / 2).doesNotHaveDuplicates();
    assertThat(examined).isEqualTo(DECISIONS);
  }

  @Test
  void onlyThePeriodIsLookedAt() {
    String body = "{\"policies\":[],\"from\":\"%s\",\"to\":\"%s\"}";
    assertThat(
            client
                .post(SIMULATE, body.formatted("2000-01-01T00:00:00Z", "2001-01-01T00:00:00Z"))
                .mustBe(200)
                .json()
                .get("examined")
                .asInt())
        .isZero();
    assertThat(
            client
                .post(SIMULATE, body.formatted("2000-01-01T00:00:00Z", "2900-01-01T00:00:00Z"))
                .json()
                .get("examined")
                .asInt())
        .isEqualTo(DECISIONS);
  }

  @Test
  void aDraftIsCheckedAsAPolicyIs() {
    assertThat(
            client
                .post(
                    SIMULATE,
                    """
                    {"from": "+12000-01-01T00:00:00Z", "policies": [
                      {"id": "a", "rules": [
                        {"id": "r", "effect": "allow", "resourceType": "document",
                         "action": "read", "condition": "resource.nothing == 1"}]},
                      {"id": "a", "rules": []}, {"rules": []}, null]}""")
                .mustBe(422)
                .fields())
        .containsExactly(
            "from",
            "policies[0].rules[0].condition",
            "policies[1].id",
            "policies[2].id",
            "policies[3]");
    assertThat(client.post(SIMULATE, "{}").mustBe(422).fields()).containsExactly("policies");
  }

  @Test
  void anotherTenantsDecisionsAreNotLookedAt() {
    JsonNode report =
        platform.clientOf("globex").post(SIMULATE, "{\"policies\":[]}").mustBe(200).json();
    assertThat(report.get("examined").asInt()).isZero();
  }

  @Test
  void onlyDeclaredAttributesAreRecorded() {
    assertThat(
            rows.single("SELECT count(*) FROM policy_decisions WHERE request::text LIKE '%shoe%'"))
        .isEqualTo("0");
  }

  private static JsonNode simulate(String policies, String query) {
    return client.post(SIMULATE + query, "{\"policies\":" + policies + "}").mustBe(200).json();
  }

  private static String question(int i) {
    return """
        {"subject":{"type":"user","id":"ann","roles":["viewer"],
          "attributes":{"limit":12.345678901234567,"joined":"2020-01-01T00:00:00Z","shoe":43}},
         "action":"read",
         "resource":{"type":"document","id":"d%d",
          "attributes":{"owner":"%s","level":%d,"size":12.345678901234566}}}"""
        .formatted(i, i % 2 == 0 ? "ann" : "bob", i % 10);
  }
}
