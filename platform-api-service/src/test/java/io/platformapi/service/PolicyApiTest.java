package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.TenantRows;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PolicyApiTest {
  private static final String PATH = "/v1/policies";
  private static final String SCHEMA =
      """
      {"subject": {"department": "string", "clearance": "integer"},
       "context": {"device": "string"},
       "resources": [
         {"type": "document", "actions": ["read", "write"],
          "attributes": {"owner": "string", "level": "integer"}},
         {"type": "printer", "actions": ["print"], "attributes": {"floor": "integer"}}]}""";
  private static final String RULES =
      """
      [{"id": "own", "effect": "allow", "resourceType": "document", "action": "*",
        "condition": "resource.owner == subject.id"},
       {"id": "secret", "effect": "deny", "role": "*", "resourceType": "document",
        "action": "read", "condition": "resource.level > subject.clearance",
        "description": "needs the clearance"}]""";

  private static PlatformUnderTest platform;
  private static PlatformClient client;

  @BeforeAll
  static void start() throws Exception {
    platform = PlatformUnderTest.start();
    platform.createTenant("acme");
    platform.createTenant("globex");
    client = platform.clientOf("acme");
    client.put(PATH + "/schema", SCHEMA).mustBe(200);
    platform.clientOf("globex").put(PATH + "/schema", SCHEMA).mustBe(200);
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  @Test
  void aPolicyIsReadBackAsItWasWritten() {
    Answer made = create("read-back", RULES).mustBe(201);
    assertThat(made.header("Location")).endsWith("/v1/policies/read-back");
    JsonNode policy = made.json();
    assertThat(policy.get("enabled").asBoolean()).isTrue();
    assertThat(policy.get("description").asText()).isEmpty();
    assertThat(policy.at("/rules/0"))
        .hasToString(
            "{\"id\":\"own\",\"effect\":\"allow\",\"role\":\"*\",\"resourceType\":\"document\","
                + "\"action\":\"*\",\"condition\":\"resource.owner == subject.id\","
                + "\"description\":\"\"}");
    Answer read = client.get(PATH + "/read-back").mustBe(200);
    assertThat(read.json()).isEqualTo(policy);
    assertThat(read.header("ETag")).isEqualTo(made.header("ETag"));
    client.with("If-None-Match", read.header("ETag")).get(PATH + "/read-back").mustBe(304);
    JsonNode unnamed = client.post(PATH, "{\"rules\":[]}").mustBe(201).json();
    assertThat(unnamed.get("id").asText()).hasSize(36);
    assertThat(create("read-back", RULES).mustBe(409).errorCode()).isEqualTo("conflict");
  }

  @Test
  void aChangeDependsOnTheVersionAndNoVersionComesTwice() {
    String first = create("versions", RULES).mustBe(201).header("ETag");
    Answer changed =
        client.with("If-Match", first).put(PATH + "/versions", "{\"rules\":[]}").mustBe(200);
    assertThat(changed.header("ETag")).isNotEqualTo(first);
    Answer stale =
        client.with("If-Match", first).put(PATH + "/versions", "{\"rules\":[]}").mustBe(412);
    assertThat(stale.errorCode()).isEqualTo("precondition_failed");
    client.with("If-Match", first).delete(PATH + "/versions").mustBe(412);
    // The same again changes nothing.
    Answer same = client.put(PATH + "/versions", "{\"rules\":[]}").mustBe(200);
    assertThat(same.header("ETag")).isEqualTo(changed.header("ETag"));
    client.with("If-Match", changed.header("ETag")).delete(PATH + "/versions").mustBe(204);
    client.get(PATH + "/versions").mustBe(404);
    String again = create("versions", RULES).mustBe(201).header("ETag");
    assertThat(again).isNotIn(first, changed.header("ETag"));
    client.with("If-Match", "*").post(PATH, policy("new-one", RULES)).mustBe(412);
  }

  @Test
  void ofManyChangesOfOneVersionOneIsMade() {
    String tag = create("contended", RULES).mustBe(201).header("ETag");
    List<CompletableFuture<Integer>> answers =
        IntStream.range(0, 6)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () ->
                            client
                                .with("If-Match", tag)
                                .put(
                                    PATH + "/contended",
                                    "{\"rules\":[],\"description\":\"" + i + "\"}")
                                .status()))
            .toList();
    assertThat(answers.stream().map(CompletableFuture::join))
        .containsOnly(200, 412)
        .containsOnlyOnce(200);
  }

  @Test
  void aRepeatedCreationGetsTheFirstAnswerAgain() {
    PlatformClient keyed = client.with("Idempotency-Key", "policy-1");
    Answer first = keyed.post(PATH, policy("repeated", RULES)).mustBe(201);
    client.delete(PATH + "/repeated").mustBe(204);
    Answer again = keyed.post(PATH, policy("repeated", RULES)).mustBe(201);
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
    client.get(PATH + "/repeated").mustBe(404);
    assertThat(keyed.post(PATH, policy("other", RULES)).mustBe(422).errorCode())
        .isEqualTo("idempotency_key_reused");
  }

  @Test
  void everyBrokenRuleIsNamedAtOnceWithItsPlace() {
    Answer refused =
        create(
            "broken",
            """
            [{"id": "syntax", "effect": "allow", "resourceType": "document", "action": "read",
              "condition": "resource.owner == "},
             {"id": "unknown", "effect": "allow", "resourceType": "document", "action": "read",
              "condition": "subject.shoe == \\"x\\""},
             {"id": "type", "effect": "allow", "resourceType": "document", "action": "read",
              "condition": "subject.clearance == \\"x\\""},
             {"id": "foreign", "effect": "allow", "resourceType": "printer", "action": "print",
              "condition": "resource.owner == subject.id"},
             {"id": "names", "effect": "maybe", "role": "nobody", "resourceType": "planet",
              "action": "read"},
             {"id": "action", "effect": "allow", "resourceType": "printer", "action": "read"},
             {"id": "platform", "effect": "allow", "resourceType": "tenants", "action": "read"},
             {"id": "syntax", "effect": "deny", "resourceType": "*", "action": "*"},
             {"effect": "deny", "resourceType": "*", "action": "*"},
             null]""");
    assertThat(refused.mustBe(422).errorCode()).isEqualTo("validation_failed");
    assertThat(refused.fields())
        .containsExactlyInAnyOrder(
            "rules[0].condition",
            "rules[1].condition",
            "rules[2].condition",
            "rules[3].condition",
            "rules[4].effect",
            "rules[4].role",
            "rules[4].resourceType",
            "rules[5].action",
            "rules[6].resourceType",
            "rules[7].id",
            "rules[8].id",
            "rules[9]");
    assertThat(refused.json().at("/error/details/fields/0/message").asText())
        .startsWith("at character 18");
    client.get(PATH + "/broken").mustBe(404);
    assertThat(client.post(PATH, "{}").mustBe(422).fields()).containsExactly("rules");
    assertThat(client.post(PATH, policy("schema", "[]")).mustBe(422).fields())
        .containsExactly("id");
    String large = "true" + " && true".repeat(5000);
    assertThat(
            create(
                    "costly",
                    """
                    [{"id": "a", "effect": "allow", "resourceType": "document", "action": "read",
                      "condition": "%s"}]"""
                        .formatted(large))
                .mustBe(422)
                .fields())
        .containsExactly("rules[0].condition");
    String tooMany =
        IntStream.rangeClosed(0, 500)
            .mapToObj(
                i ->
                    "{\"id\":\"r"
                        + i
                        + "\",\"effect\":\"deny\",\"resourceType\":\"*\",\"action\":\"*\"}")
            .collect(Collectors.joining(","));
    assertThat(create("many", "[" + tooMany + "]").mustBe(422).fields()).containsExactly("rules");
  }

  @Test
  void aSchemaIsReplacedAsAWholeUnlessThatBreaksARule() {
    PlatformClient globex = platform.clientOf("globex");
    Answer read = globex.get(PATH + "/schema").mustBe(200);
    assertThat(read.json().at("/resources/0/attributes/level").asText()).isEqualTo("integer");
    globex.with("If-None-Match", read.header("ETag")).get(PATH + "/schema").mustBe(304);
    globex.post(PATH, policy("uses-level", RULES)).mustBe(201);
    Answer refused =
        globex.put(PATH + "/schema", SCHEMA.replace(", \"level\": \"integer\"", "")).mustBe(422);
    assertThat(refused.fields()).containsExactly("policies[uses-level].rules[1].condition");
    Answer types =
        globex.put(
            PATH + "/schema",
            """
            {"subject": {"id": "string", "x": "colour", "9": "string"},
             "resources": [
               {"type": "quotas", "actions": ["read"]},
               {"type": "a", "actions": []},
               {"type": "b", "actions": ["read", "read"], "attributes": {"n": "string"}},
               {"type": "b", "actions": ["read"], "attributes": {"n": "integer"}}]}""");
    assertThat(types.mustBe(422).fields())
        .containsExactlyInAnyOrder(
            "subject.id",
            "subject.x",
            "subject.9",
            "resources[0].type",
            "resources[1].actions",
            "resources[2].actions[1]",
            "resources[3].type",
            "resources[3].attributes.n");
    globex.with("If-Match", "\"0\"").put(PATH + "/schema", SCHEMA).mustBe(412);
    Answer wider =
        globex
            .with("If-Match", read.header("ETag"))
            .put(PATH + "/schema", SCHEMA.replace("\"device\"", "\"network\""))
            .mustBe(200);
    assertThat(wider.header("ETag")).isNotEqualTo(read.header("ETag"));
    assertThat(globex.get(PATH + "/schema").json()).isEqualTo(wider.json());
  }

  @Test
  void anotherTenantsPoliciesStayItsOwn() {
    create("secret-of-acme", RULES).mustBe(201);
    PlatformClient globex = platform.clientOf("globex");
    globex.get(PATH + "/secret-of-acme").mustBe(404);
    globex.put(PATH + "/secret-of-acme", "{\"rules\":[]}").mustBe(404);
    globex.delete(PATH + "/secret-of-acme").mustBe(404);
    assertThat(globex.get(PATH).mustBe(200).body()).doesNotContain("secret-of-acme");
    client.get(PATH + "/secret-of-acme").mustBe(200);
  }

  @Test
  void pagesHoldEveryPolicyOnce() {
    IntStream.range(0, 7).forEach(i -> create("page-" + i, "[]").mustBe(201));
    List<String> ids = new ArrayList<>();
    for (String next = ""; next != null; ) {
      JsonNode page = client.get(PATH + "?limit=3" + next).mustBe(200).json();
      page.get("items").forEach(item -> ids.add(item.get("id").asText()));
      next = page.get("nextCursor").isNull() ? null : "&cursor=" + page.get("nextCursor").asText();
    }
    assertThat(ids).doesNotHaveDuplicates().isSorted().contains("page-0", "page-6");
  }

  @Test
  void everyChangeLeavesAnAuditRowAndAnEvent() {
    platform.createTenant("audited");
    PlatformClient audited = platform.clientOf("audited");
    audited.post(PATH, policy("p", "[]")).mustBe(201);
    audited.put(PATH + "/p", "{\"rules\":[],\"enabled\":false}").mustBe(200);
    audited.put(PATH + "/p", "{\"rules\":[],\"enabled\":false}").mustBe(200);
    audited.delete(PATH + "/p").mustBe(204);
    audited.put(PATH + "/schema", SCHEMA).mustBe(200);
    audited.post(PATH, "{}").mustBe(422);
    TenantRows rows = new TenantRows(platform.settings(), "audited");
    assertThat(
            rows.single(
                "SELECT string_agg(action || ' ' || target, ', ' ORDER BY id) FROM audit_events"))
        .isEqualTo(
            "policy.created policies/p, policy.updated policies/p, policy.deleted policies/p, "
                + "policy.schema_updated policies/schema");
    assertThat(rows.single("SELECT version FROM policy_version")).isEqualTo("5");
  }

  private static Answer create(String id, String rules) {
    return client.post(PATH, policy(id, rules));
  }

  private static String policy(String id, String rules) {
    return "{\"id\":\"" + id + "\",\"rules\":" + rules + "}";
  }
}
