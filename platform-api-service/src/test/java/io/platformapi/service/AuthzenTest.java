package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.PlatformUnderTest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The OpenID Foundation's certification scenario for AuthZEN's Authorization API 1.0: levels Basic,
 * Batch and Discovery, with its fixture as a tenant's policy.
 */
class AuthzenTest {
  private static final String ONE = "/access/v1/evaluation";
  private static final String MANY = "/access/v1/evaluations";
  private static final String SCHEMA =
      """
      {"subject": {"role": "string"}, "context": {"action_soft": "boolean"},
       "resources": [{"type": "record", "actions": ["read", "write", "delete"],
                      "attributes": {"status": "string"}}]}""";
  private static final String FIXTURE =
      """
      {"id": "fixture", "rules": [
        {"id": "read", "effect": "allow", "resourceType": "record", "action": "read",
         "condition": "subject.id in [\\"alice\\", \\"bob\\"]"},
        {"id": "write", "effect": "allow", "resourceType": "record", "action": "write",
         "condition": "subject.id == \\"alice\\" || subject.role == \\"admin\\""},
        {"id": "archived", "effect": "deny", "resourceType": "record", "action": "write",
         "condition": "has(resource.status) && resource.status == \\"archived\\" && !(has(subject.role) && subject.role == \\"admin\\")"},
        {"id": "soft", "effect": "allow", "resourceType": "record", "action": "delete",
         "condition": "subject.id == \\"alice\\" && env.action_soft"}]}""";

  private static final String ALICE = "\"subject\":{\"type\":\"user\",\"id\":\"alice\"}";
  private static final String BOB = "\"subject\":{\"type\":\"user\",\"id\":\"bob\"}";
  private static final String READ = "\"action\":{\"name\":\"read\"}";
  private static final String WRITE = "\"action\":{\"name\":\"write\"}";
  private static final String RECORD = "\"resource\":{\"type\":\"record\",\"id\":\"record-1\"}";
  private static final String ARCHIVED =
      "\"resource\":{\"type\":\"record\",\"id\":\"record-2\","
          + "\"properties\":{\"status\":\"archived\"}}";
  private static final String ADMIN =
      "\"subject\":{\"type\":\"user\",\"id\":\"bob\",\"properties\":{\"role\":\"admin\"}}";

  private static PlatformUnderTest platform;
  private static PlatformClient client;

  @BeforeAll
  static void start() throws Exception {
    platform =
        PlatformUnderTest.start(
            PlatformSettings.create().with("PUBLIC_URL", "https://pdp.example.com/"));
    platform.createTenant("acme");
    client = platform.clientOf("acme");
    client.put("/v1/policies/schema", SCHEMA).mustBe(200);
    client.post("/v1/policies", FIXTURE).mustBe(201);
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  @Test
  void identifiersDecide() {
    assertThat(decision(of(ALICE, READ, RECORD))).isTrue();
    assertThat(decision(of(ALICE, WRITE, RECORD))).isTrue();
    assertThat(decision(of(BOB, READ, RECORD))).isTrue();
    assertThat(decision(of(BOB, WRITE, RECORD))).isFalse();
  }

  @Test
  void propertiesDecide() {
    assertThat(decision(of(ALICE, WRITE, ARCHIVED))).isFalse();
    assertThat(decision(of(ADMIN, WRITE, ARCHIVED))).isTrue();
    String delete = "\"action\":{\"name\":\"delete\",\"properties\":{\"soft\":%s}}";
    assertThat(decision(of(ALICE, delete.formatted("true"), RECORD))).isTrue();
    assertThat(decision(of(ALICE, delete.formatted("false"), RECORD))).isFalse();
  }

  @Test
  void whatIsNotKnownIsIgnored() {
    String context =
        "\"context\":{\"time\":\"2025-06-27T18:03-07:00\",\"ip\":\"192.168.1.1\",\"x\":{\"y\":1}}";
    assertThat(decision(of(ALICE, READ, RECORD, context))).isTrue();
    String subject =
        "\"subject\":{\"type\":\"user\",\"id\":\"alice\",\"new\":1,"
            + "\"properties\":{\"department\":\"Sales\",\"role\":\"manager\"}}";
    String action = "\"action\":{\"name\":\"read\",\"properties\":{\"method\":\"GET\"}}";
    String resource =
        "\"resource\":{\"type\":\"record\",\"id\":\"record-1\","
            + "\"properties\":{\"status\":\"active\",\"owner\":\"bob\"}}";
    assertThat(decision(of(subject, action, resource, "\"future\":{\"nested\":true}"))).isTrue();
  }

  @Test
  void aDecisionIsABooleanWithAnObjectOfReasons() {
    Answer answer = client.post(ONE, of(BOB, WRITE, RECORD)).mustBe(200);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    assertThat(answer.json().get("decision").isBoolean()).isTrue();
    assertThat(answer.json().at("/context/reason").asText()).isEqualTo("no_rule_allows");
    assertThat(client.post(ONE, of(ALICE, READ, RECORD)).json().at("/context/decided_by").asText())
        .isEqualTo("tenant:fixture/read");
    String spaceship = "\"subject\":{\"type\":\"spaceship\",\"id\":\"x\"}";
    JsonNode unknown = client.post(ONE, of(spaceship, READ, RECORD)).mustBe(200).json();
    assertThat(unknown.get("decision").asBoolean()).isFalse();
    assertThat(unknown.at("/context/reason").asText()).isEqualTo("subject_type_unknown");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"action\":{\"name\":\"read\"},\"resource\":{\"type\":\"record\",\"id\":\"r\"}}",
        "{\"subject\":{\"type\":\"user\",\"id\":\"a\"},\"resource\":{\"type\":\"record\",\"id\":\"r\"}}",
        "{\"subject\":{\"type\":\"user\",\"id\":\"a\"},\"action\":{\"name\":\"read\"}}",
        "{\"subject\":{\"id\":\"a\"},\"action\":{\"name\":\"r\"},\"resource\":{\"type\":\"t\",\"id\":\"r\"}}",
        "{\"subject\":{\"type\":\"a\"},\"action\":{\"name\":\"r\"},\"resource\":{\"type\":\"t\",\"id\":\"r\"}}",
        "{\"subject\":{\"type\":\"u\",\"id\":\"a\"},\"action\":{},\"resource\":{\"type\":\"t\",\"id\":\"r\"}}",
        "{\"subject\":{\"type\":\"u\",\"id\":\"a\"},\"action\":{\"name\":\"r\"},\"resource\":{\"id\":\"r\"}}",
        "{\"subject\":{\"type\":\"u\",\"id\":\"a\"},\"action\":{\"name\":\"r\"},\"resource\":{\"type\":\"t\"}}",
        "{\"subject\":\"a\",\"action\":{\"name\":\"r\"},\"resource\":{\"type\":\"t\",\"id\":\"r\"}}",
        "{\"subject\":{\"type\":\"u\",\"id\":\"a\"},\"action\":{\"name\":1},\"resource\":{\"type\":\"t\",\"id\":\"r\"}}",
        "{\"subject\":{\"type\":\"u\",\"id\":\"a\",\"properties\":1},\"action\":{\"name\":\"r\"},\"resource\":{\"type\":\"t\",\"id\":\"r\"}}",
        "{\"subject\":{\"type\":\"u\",\"id\":\"a\\u0000\"},\"action\":{\"name\":\"r\"},\"resource\":{\"type\":\"t\",\"id\":\"r\"}}",
        "{\"subject\":{\"type\":\"u\",\"id\":\"a\"},\"action\":{\"name\":\"\\ud800\"},\"resource\":{\"type\":\"t\",\"id\":\"r\"}}",
        "{\"subject\":null,\"action\":{\"name\":\"r\"},\"resource\":{\"type\":\"t\",\"id\":\"r\"}}",
        "{\"evaluations\":5}",
        "{\"subject\":",
        "[]",
        "null",
        ""
      })
  void whatIsNoQuestionIsABadRequest(String body) {
    assertThat(client.post(ONE, body).mustBe(400).errorCode()).isEqualTo("malformed_request");
    assertThat(client.post(MANY, body).mustBe(400).errorCode()).isEqualTo("malformed_request");
  }

  @Test
  void anotherContentTypeIsABadRequest() {
    for (String type : List.of("text/plain", "application/xml")) {
      client.send("POST", ONE, type, of(ALICE, READ, RECORD)).mustBe(400);
    }
    client
        .send("POST", ONE, "application/json; charset=utf-8", of(ALICE, READ, RECORD))
        .mustBe(200);
  }

  @Test
  void theRequestsIdComesBack() {
    PlatformClient identified = client.with("X-Request-ID", "bfe9eb29-ab87");
    for (String body : List.of(of(ALICE, READ, RECORD), "{}")) {
      assertThat(identified.post(ONE, body).header("X-Request-ID")).isEqualTo("bfe9eb29-ab87");
      assertThat(identified.post(MANY, body).header("X-Request-ID")).isEqualTo("bfe9eb29-ab87");
    }
    assertThat(client.post(ONE, of(ALICE, READ, RECORD)).header("X-Request-ID")).isNotEmpty();
    for (String arbitrary : List.of("a request, (not) \"plain\"", "x".repeat(1_000))) {
      PlatformClient odd = client.with("X-Request-ID", arbitrary);
      for (String body : List.of(of(ALICE, READ, RECORD), "{}", "{")) {
        assertThat(odd.post(ONE, body).headers().allValues("X-Request-ID"))
            .containsExactly(arbitrary);
      }
      Answer refused = platform.anybody().with("X-Request-ID", arbitrary).post(MANY, "{}");
      assertThat(refused.mustBe(401).header("X-Request-ID")).isEqualTo(arbitrary);
      // Elsewhere only plain ids are used.
      assertThat(odd.get("/v1/policies").header("X-Request-ID")).isNotEqualTo(arbitrary);
    }
  }

  @Test
  void whoMayNotAskIsRefusedAndNotDenied() {
    platform.anybody().post(ONE, of(ALICE, READ, RECORD)).mustBe(401);
    String token =
        io.platformapi.service.testing.RealServers.issuer()
            .organizationToken("m2m", "org_acme", "policies:read");
    platform.client(token).post(ONE, of(ALICE, READ, RECORD)).mustBe(403);
  }

  @Test
  void manyQuestionsAreAnsweredInOrderWithDefaults() {
    assertThat(decisions("{" + BOB + "," + RECORD + "," + list(READ, WRITE) + "}"))
        .containsExactly(true, false);
    assertThat(
            decisions(
                "{\"evaluations\":["
                    + of(ALICE, READ, RECORD)
                    + ","
                    + of(BOB, WRITE, RECORD)
                    + "]}"))
        .containsExactly(true, false);
    assertThat(decisions("{" + WRITE + "," + ARCHIVED + "," + list(ALICE, ADMIN) + "}"))
        .containsExactly(false, true);
    String context = "\"context\":{\"time\":\"2025-06-27T18:03-07:00\"}";
    assertThat(
            decisions(
                "{" + ALICE + "," + READ + "," + context + "," + list(RECORD, ARCHIVED) + "}"))
        .containsExactly(true, true);
  }

  @Test
  void anEntityWithoutARequiredKeyTakesItFromTheDefault() {
    String typed = "\"resource\":{\"type\":\"record\"}";
    String active = "\"resource\":{\"id\":\"record-1\",\"properties\":{\"status\":\"active\"}}";
    assertThat(
            decisions("{" + ALICE + "," + WRITE + "," + typed + "," + list(active, ARCHIVED) + "}"))
        .containsExactly(true, false);
    // Properties are never mixed: the item's entity replaces the default's.
    String archivedDefault = ARCHIVED;
    assertThat(
            decisions("{" + ALICE + "," + WRITE + "," + archivedDefault + "," + list(RECORD) + "}"))
        .containsExactly(true);
  }

  @Test
  void aQuestionThatIsNoneIsDeniedAmongTheOthers() {
    JsonNode answers =
        client
            .post(MANY, "{" + ALICE + "," + READ + ",\"evaluations\":[{" + RECORD + "},{},7]}")
            .mustBe(200)
            .json()
            .get("evaluations");
    assertThat(answers).hasSize(3);
    assertThat(answers.at("/0/decision").asBoolean()).isTrue();
    assertThat(answers.at("/1/decision").asBoolean()).isFalse();
    assertThat(answers.at("/1/context/error/status").asInt()).isEqualTo(400);
    assertThat(answers.at("/2/decision").asBoolean()).isFalse();
  }

  @Test
  void withoutAListItIsASingleQuestion() {
    String single = of(ALICE, READ, RECORD);
    assertThat(client.post(MANY, single).mustBe(200).json().get("decision").asBoolean()).isTrue();
    String empty = of(ALICE, READ, RECORD, "\"evaluations\":[]");
    JsonNode answer = client.post(MANY, empty).mustBe(200).json();
    assertThat(answer.get("decision").asBoolean()).isTrue();
    assertThat(answer.has("evaluations")).isFalse();
    client.post(MANY, "{" + READ + "," + RECORD + ",\"evaluations\":[]}").mustBe(400);
  }

  @ParameterizedTest
  @CsvSource({
    "execute_all, 3",
    "deny_on_first_deny, 2",
    "permit_on_first_permit, 1",
    "something_else, 0"
  })
  void theSemanticSaysWhereToStop(String semantic, int answers) {
    String body =
        "{"
            + BOB
            + ","
            + RECORD
            + ",\"options\":{\"evaluations_semantic\":\""
            + semantic
            + "\",\"another_option\":1},"
            + list(READ, WRITE, READ)
            + "}";
    if (answers == 0) {
      client.post(MANY, body).mustBe(400);
    } else {
      assertThat(decisions(body)).hasSize(answers);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "[]", "\"execute_all\"", "{\"evaluations_semantic\":1}"})
  void optionsThatCannotBeReadAreABadRequest(String options) {
    String body = "{" + BOB + "," + RECORD + ",\"options\":" + options + "," + list(READ) + "}";
    client.post(MANY, body).mustBe(400);
  }

  @Test
  void propertiesAreNotWithoutLimit() {
    String properties =
        IntStream.range(0, 501).mapToObj(i -> "\"p" + i + "\":1").collect(Collectors.joining(","));
    String subject =
        "\"subject\":{\"type\":\"user\",\"id\":\"alice\",\"properties\":{" + properties + "}}";
    client.post(ONE, of(subject, READ, RECORD)).mustBe(400);
    client.post(ONE, of(ALICE, READ, RECORD, "\"context\":{" + properties + "}")).mustBe(400);
    assertThat(decisions("{" + READ + "," + RECORD + "," + list(subject, ALICE) + "}"))
        .containsExactly(false, true);
  }

  @Test
  void deepBodiesAreABadRequest() {
    String deep = "[".repeat(5_000) + "]".repeat(5_000);
    client.post(ONE, of(ALICE, READ, RECORD, "\"context\":{\"x\":" + deep + "}")).mustBe(400);
    client.post(MANY, of(ALICE, READ, RECORD, "\"evaluations\":[" + deep + "]")).mustBe(400);
  }

  @Test
  void thereIsALimitToHowManyAreAskedAtOnce() {
    String many =
        IntStream.rangeClosed(0, 500).mapToObj(i -> "{}").collect(Collectors.joining(","));
    client.post(MANY, "{\"evaluations\":[" + many + "]}").mustBe(400);
  }

  @Test
  void theMetadataTellsWhereTheEndpointsAre() {
    Answer answer = platform.anybody().get("/.well-known/authzen-configuration").mustBe(200);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    assertThat(answer.header("Cache-Control")).contains("max-age=3600");
    assertThat(answer.json())
        .hasToString(
            "{\"policy_decision_point\":\"https://pdp.example.com\","
                + "\"access_evaluation_endpoint\":\"https://pdp.example.com/access/v1/evaluation\","
                + "\"access_evaluations_endpoint\":"
                + "\"https://pdp.example.com/access/v1/evaluations\"}");
  }

  private static boolean decision(String question) {
    return client.post(ONE, question).mustBe(200).json().get("decision").asBoolean();
  }

  private static List<Boolean> decisions(String questions) {
    JsonNode answer = client.post(MANY, questions).mustBe(200).json();
    assertThat(answer.has("decision")).isFalse();
    List<Boolean> decisions = new ArrayList<>();
    answer.get("evaluations").forEach(one -> decisions.add(one.get("decision").asBoolean()));
    return decisions;
  }

  private static String of(String... members) {
    return "{" + String.join(",", members) + "}";
  }

  private static String list(String... items) {
    return "\"evaluations\":[{" + String.join("},{", items) + "}]";
  }
}
