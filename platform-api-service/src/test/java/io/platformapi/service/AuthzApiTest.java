package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformUnderTest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AuthzApiTest {
  private static final String CHECK = "/v1/authz/check";
  private static final String BATCH = "/v1/authz/batch";
  private static final String EXPLAIN = "/v1/authz/explain";
  private static final String SCHEMA =
      """
      {"subject": {"department": "string", "clearance": "integer"},
       "context": {"device": "string"},
       "resources": [
         {"type": "document", "actions": ["read", "write"],
          "attributes": {"owner": "string", "level": "integer", "labels": "string_list"}}]}""";
  private static final String POLICY =
      """
      {"id": "documents", "rules": [
        {"id": "own", "effect": "allow", "resourceType": "document", "action": "*",
         "condition": "resource.owner == subject.id"},
        {"id": "sales", "effect": "allow", "resourceType": "document", "action": "read",
         "condition": "subject.department == \\"sales\\" && subject.clearance >= 1"},
        {"id": "editors", "effect": "allow", "role": "editor", "resourceType": "document",
         "action": "write"},
        {"id": "night", "effect": "deny", "resourceType": "document", "action": "write",
         "condition": "env.time < time(\\"2000-01-01T00:00:00Z\\")"},
        {"id": "secret", "effect": "deny", "resourceType": "document", "action": "read",
         "condition": "has(resource.level) && resource.level > 3"}]}""";

  private static PlatformUnderTest platform;
  private static PlatformClient client;

  @BeforeAll
  static void start() throws Exception {
    platform = PlatformUnderTest.start();
    platform.createTenant("acme");
    platform.createTenant("globex");
    client = platform.clientOf("acme");
    client.put("/v1/policies/schema", SCHEMA).mustBe(200);
    client.post("/v1/roles", "{\"name\":\"editor\"}").mustBe(201);
    client.post("/v1/roles", "{\"name\":\"chief\",\"parents\":[\"editor\"]}").mustBe(201);
    client.post("/v1/policies", POLICY).mustBe(201);
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  @Test
  void anAnswerNamesTheRuleThatDecided() {
    JsonNode own = check(question("ann", "", "read", "\"owner\":\"ann\"")).json();
    assertThat(own.get("allowed").asBoolean()).isTrue();
    assertThat(own.get("decidedBy"))
        .hasToString("{\"layer\":\"tenant\",\"rule\":\"documents/own\"}");
    assertThat(own.get("reason").asText()).isEqualTo("allowed_by_rule");
    assertThat(own.get("policyVersion").asText()).matches("\\d+-\\d+");
    JsonNode foreign = check(question("bob", "", "read", "\"owner\":\"ann\"")).json();
    assertThat(foreign.get("allowed").asBoolean()).isFalse();
    assertThat(foreign.get("decidedBy").isNull()).isTrue();
    assertThat(foreign.get("reason").asText()).isEqualTo("no_rule_allows");
  }

  @Test
  void aDenyRuleWinsOverEveryAllowRule() {
    JsonNode secret = check(question("ann", "", "read", "\"owner\":\"ann\",\"level\":4")).json();
    assertThat(secret.get("allowed").asBoolean()).isFalse();
    assertThat(secret.at("/decidedBy/rule").asText()).isEqualTo("documents/secret");
    assertThat(secret.get("reason").asText()).isEqualTo("denied_by_rule");
  }

  @Test
  void whatCannotBeReadDenies() {
    JsonNode wrong =
        check(question("ann", "", "read", "\"owner\":\"ann\",\"level\":\"high\"")).json();
    assertThat(wrong.get("allowed").asBoolean()).isFalse();
    assertThat(wrong.get("reason").asText()).isEqualTo("denied_by_uncertain_rule");
    assertThat(wrong.at("/errors/0/attribute").asText()).isEqualTo("resource.level");
    assertThat(wrong.toString()).doesNotContain("high");
  }

  @Test
  void aRoleHasWhatItsParentsHave() {
    assertThat(allowed(question("eve", "\"roles\":[\"chief\"]", "write", ""))).isTrue();
    assertThat(allowed(question("eve", "\"roles\":[\"viewer\"]", "write", ""))).isFalse();
    assertThat(allowed(question("eve", "\"roles\":[\"no-such-role\"]", "write", ""))).isFalse();
  }

  @Test
  void anAssignedRoleCountsAndWinsOverWhatTheAskingServiceSays() {
    String service = question("robot", "", "write", "").replace("\"user\"", "\"service\"");
    assertThat(allowed(service)).isFalse();
    Answer made =
        client
            .post(
                "/v1/roles/chief/assignments",
                "{\"subject\":{\"type\":\"service\",\"id\":\"robot\"}}")
            .mustBe(201);
    assertThat(allowed(service)).isTrue();
    assertThat(allowed(question("robot", "", "write", ""))).as("a user of that id").isFalse();
    client.delete("/v1/roles/chief/assignments/" + made.json().get("id").asText()).mustBe(204);
    assertThat(allowed(service)).isFalse();
    client
        .post(
            "/v1/roles/viewer/assignments",
            "{\"subject\":{\"type\":\"service\",\"id\":\"robot-2\"}}")
        .mustBe(201);
    String claims = question("robot-2", "\"roles\":[\"chief\"]", "write", "");
    assertThat(allowed(claims.replace("\"user\"", "\"service\""))).isFalse();
    assertThat(allowed(claims)).isTrue();
  }

  @Test
  void aChangeIsInForceWhenTheCallReturns() {
    platform.createTenant("changing");
    PlatformClient changing = platform.clientOf("changing");
    changing.put("/v1/policies/schema", SCHEMA).mustBe(200);
    String asked = question("ann", "", "read", "\"owner\":\"ann\"");
    for (int i = 0; i < 20; i++) {
      assertThat(changing.post(CHECK, asked).json().get("allowed").asBoolean()).isFalse();
      changing.post("/v1/policies", POLICY.replace("\"editor\"", "\"admin\"")).mustBe(201);
      assertThat(changing.post(CHECK, asked).json().get("allowed").asBoolean()).isTrue();
      changing.put("/v1/policies/documents", "{\"enabled\":false,\"rules\":[]}").mustBe(200);
      assertThat(changing.post(CHECK, asked).json().get("allowed").asBoolean()).isFalse();
      changing.delete("/v1/policies/documents").mustBe(204);
    }
  }

  @Test
  void aTenantCannotWeakenThePlatformsRules() {
    platform.createTenant("rebel");
    PlatformClient rebel = platform.clientOf("rebel");
    rebel
        .post(
            "/v1/policies",
            """
            {"id": "all", "rules": [
              {"id": "all", "effect": "allow", "resourceType": "*", "action": "*"}]}""")
        .mustBe(201);
    String narrow = platformQuestion("quotas", "write", "\"scopes\":[\"quotas:read\"]");
    JsonNode denied = rebel.post(CHECK, narrow).mustBe(200).json();
    assertThat(denied.get("allowed").asBoolean()).isFalse();
    assertThat(denied.get("decidedBy"))
        .hasToString("{\"layer\":\"platform\",\"rule\":\"ceiling-quotas-write\"}");
    String roles = platformQuestion("quotas", "write", "\"scopes\":[\"platform:roles\"]");
    assertThat(rebel.post(CHECK, roles).json().at("/decidedBy/rule").asText()).isEqualTo("all/all");
    // Tenants themselves are the platform's: no tenant's rule reaches them.
    String tenants = platformQuestion("tenants", "write", "\"scopes\":[\"platform:roles\"]");
    assertThat(rebel.post(CHECK, tenants).json().get("allowed").asBoolean()).isFalse();
    String without = platformQuestion("quotas", "read", "\"roles\":[\"viewer\"]");
    assertThat(client.post(CHECK, without).json().at("/decidedBy/rule").asText())
        .isEqualTo("viewer-quotas");
  }

  @Test
  void anotherTenantsRulesAndRolesDecideNothing() {
    String asked = question("ann", "", "read", "\"owner\":\"ann\"");
    assertThat(allowed(asked)).isTrue();
    JsonNode other = platform.clientOf("globex").post(CHECK, asked).mustBe(200).json();
    assertThat(other.get("allowed").asBoolean()).isFalse();
    assertThat(other.get("reason").asText()).isEqualTo("no_rule_allows");
  }

  @Test
  void whatIsNoQuestionIsRefusedByField() {
    assertThat(client.post(CHECK, "{}").mustBe(422).fields())
        .containsExactly("action", "resource", "subject");
    assertThat(
            client
                .post(
                    CHECK,
                    """
                    {"subject": {"type": "planet", "id": ""}, "resource": {"type": "document"},
                     "action": "read", "context": {"time": "noon"}}""")
                .mustBe(422)
                .fields())
        .containsExactly("context.time", "subject.id", "subject.type");
    assertThat(client.post(BATCH, "{\"evaluations\":[{}]}").mustBe(422).fields())
        .containsExactly(
            "evaluations[0].action", "evaluations[0].resource", "evaluations[0].subject");
    assertThat(client.post(BATCH, "{\"evaluations\":[]}").mustBe(422).fields())
        .containsExactly("evaluations");
    assertThat(
            client
                .post(BATCH, batch("some_other_way", question("a", "", "read", "")))
                .mustBe(422)
                .fields())
        .containsExactly("semantic");
    String many =
        IntStream.rangeClosed(0, 500)
            .mapToObj(i -> question("a", "", "read", ""))
            .collect(Collectors.joining(","));
    client.post(BATCH, batch("execute_all", many)).mustBe(422);
  }

  @Test
  void aBatchStopsWhereItsSemanticSays() {
    String yes = question("ann", "", "read", "\"owner\":\"ann\"");
    String no = question("bob", "", "read", "\"owner\":\"ann\"");
    assertThat(answers("execute_all", no, yes, no)).containsExactly(false, true, false);
    assertThat(answers(null, no, yes, no)).containsExactly(false, true, false);
    assertThat(answers("deny_on_first_deny", yes, no, yes)).containsExactly(true, false);
    assertThat(answers("permit_on_first_permit", no, yes, yes)).containsExactly(false, true);
    assertThat(answers("permit_on_first_permit", no, no)).containsExactly(false, false);
  }

  @Test
  void anExplanationNamesTheRulesAndTheAttributeThatFailed() {
    JsonNode told =
        client
            .post(
                EXPLAIN,
                question(
                    "ann",
                    "\"attributes\":{\"department\":\"sales\",\"shoe\":\"43\"}",
                    "read",
                    "\"owner\":\"bob\""))
            .mustBe(200)
            .json();
    assertThat(told.at("/decision/allowed").asBoolean()).isFalse();
    assertThat(told.get("ignored")).hasToString("[\"subject.shoe\"]");
    List<String> rules = new ArrayList<>();
    told.get("rules").forEach(rule -> rules.add(rule.at("/rule/rule").asText()));
    assertThat(rules).containsExactly("documents/own", "documents/sales", "documents/secret");
    JsonNode own = told.at("/rules/0");
    assertThat(own.get("result").asText()).isEqualTo("false");
    assertThat(own.at("/failed/0/attribute").asText()).isEqualTo("resource.owner");
    JsonNode sales = told.at("/rules/1");
    assertThat(sales.get("result").asText()).isEqualTo("unknown");
    assertThat(sales.get("matched").asBoolean()).isFalse();
    assertThat(sales.get("failed")).hasSize(1);
    assertThat(sales.at("/failed/0/attribute").asText()).isEqualTo("subject.clearance");
    assertThat(sales.at("/failed/0/result").asText()).isEqualTo("unknown");
  }

  @Test
  void theTimeOfTheQuestionIsTheOneThatCounts() {
    String write = question("ann", "", "write", "\"owner\":\"ann\"");
    assertThat(allowed(write)).isTrue();
    assertThat(
            allowed(
                write.replace("\"context\":{", "\"context\":{\"time\":\"1999-05-31T15:22-07:00\"")))
        .isFalse();
  }

  private static Answer check(String question) {
    return client.post(CHECK, question).mustBe(200);
  }

  private static boolean allowed(String question) {
    return check(question).json().get("allowed").asBoolean();
  }

  private static List<Boolean> answers(String semantic, String... questions) {
    List<Boolean> allowed = new ArrayList<>();
    client
        .post(BATCH, batch(semantic, String.join(",", questions)))
        .mustBe(200)
        .json()
        .get("evaluations")
        .forEach(answer -> allowed.add(answer.get("allowed").asBoolean()));
    return allowed;
  }

  private static String batch(String semantic, String questions) {
    String how = semantic == null ? "" : "\"semantic\":\"" + semantic + "\",";
    return "{" + how + "\"evaluations\":[" + questions + "]}";
  }

  private static String question(String id, String more, String action, String attributes) {
    return """
        {"subject":{"type":"user","id":"%s"%s},"action":"%s","context":{},
         "resource":{"type":"document","id":"d1","attributes":{%s}}}"""
        .formatted(id, more.isEmpty() ? "" : "," + more, action, attributes);
  }

  private static String platformQuestion(String type, String action, String more) {
    return """
        {"subject":{"type":"user","id":"ann",%s},"action":"%s","resource":{"type":"%s"}}"""
        .formatted(more, action, type);
  }
}
