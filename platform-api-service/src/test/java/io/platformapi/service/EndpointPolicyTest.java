package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.platformapi.service.testing.ApiKeys;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.RealServers;
import io.platformapi.service.testing.TenantSql;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The policy decides who may call an endpoint. */
class EndpointPolicyTest {
  private static final String PROBE = "/v1/quotas";
  private static final String READ = "quotas:read";
  private static final String ROLES = "platform:roles";

  private static PlatformUnderTest platform;
  private static TenantSql sql;

  @BeforeAll
  static void start() throws Exception {
    platform = PlatformUnderTest.start();
    platform.createTenant("acme");
    platform
        .clientOf("acme")
        .put(
            "/v1/policies/schema",
            """
            {"subject": {"department": "string", "level": "integer"}}""")
        .mustBe(200);
    sql = new TenantSql(platform.settings());
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  @Test
  void aRoleIsEnoughWhereTheCredentialMayUseRoles() {
    user("viewer-1", "[\"viewer\"]", "{}");
    PlatformClient viewer = person("viewer-1", ROLES);
    viewer.get(PROBE).mustBe(200);
    assertThat(denied(viewer, "PUT").get("decision").asText()).isEqualTo("no_rule_allows");
    user("admin-1", "[\"admin\"]", "{}");
    person("admin-1", ROLES).put(PROBE, "{\"items\":[]}").mustBe(200);
    person("admin-1", ROLES).get("/v1/policies").mustBe(200);
  }

  @Test
  void aNarrowCredentialStaysNarrowWhateverTheRolesOfItsSubject() {
    user("admin-2", "[\"admin\"]", "{}");
    PlatformClient narrow = person("admin-2", "users:read");
    narrow.get("/v1/users").mustBe(200);
    Answer refused = narrow.with("X-Request-Id", "narrow").get(PROBE).mustBe(403);
    assertThat(refused.json().at("/error/message").asText())
        .isEqualTo("the scope quotas:read is needed");
    JsonNode row = audited("narrow");
    assertThat(row.get("reason").asText()).isEqualTo("missing_scope");
    assertThat(row.get("rule").asText()).isEqualTo("platform:ceiling-quotas-read");
    assertThat(row.get("policyVersion").asText()).matches("\\d+-\\d+");
  }

  @Test
  void aRoleOfTheTenantHasWhatItInherits() {
    admin().post("/v1/roles", "{\"name\":\"chief\",\"parents\":[\"viewer\"]}").mustBe(201);
    user("chief-1", "[\"chief\"]", "{}");
    person("chief-1", ROLES).get(PROBE).mustBe(200);
  }

  @Test
  void rolesAssignedToAServiceCountForItsTokens() {
    PlatformClient robot =
        platform.client(RealServers.issuer().organizationToken("robot", "org_acme", ROLES));
    robot.get(PROBE).mustBe(403);
    String assignment =
        admin()
            .post(
                "/v1/roles/viewer/assignments",
                "{\"subject\":{\"type\":\"service\",\"id\":\"robot\"}}")
            .mustBe(201)
            .json()
            .get("id")
            .asText();
    robot.get(PROBE).mustBe(200);
    person("robot", ROLES).get(PROBE).mustBe(403);
    admin().delete("/v1/roles/viewer/assignments/" + assignment).mustBe(204);
    robot.get(PROBE).mustBe(403);
  }

  @Test
  void rolesAssignedToAnApiKeyCountForIt() {
    JsonNode key = ApiKeys.create(admin(), READ).mustBe(201).json();
    PlatformClient holder = platform.client(ApiKeys.secret(key));
    holder.get(PROBE).mustBe(200);
    admin().post("/v1/roles", "{\"name\":\"banned\"}").mustBe(201);
    policy("banned-keys", deny("quotas", "read", "").replace("{", "{\"role\":\"banned\","));
    holder.get(PROBE).mustBe(200);
    admin()
        .post(
            "/v1/roles/banned/assignments",
            "{\"subject\":{\"type\":\"api_key\",\"id\":\"%s\"}}".formatted(key.get("id").asText()))
        .mustBe(201);
    assertThat(denied(holder, "GET").get("rule").asText()).isEqualTo("tenant:banned-keys/rule");
  }

  @Test
  void aTenantsDenialCountsWhateverTheScope() {
    policy("no-mallory", deny("quotas", "*", "subject.id == \\\"mallory\\\""));
    Answer refused =
        person("mallory", READ).with("X-Request-Id", "mallory-reads").get(PROBE).mustBe(403);
    assertThat(refused.errorCode()).isEqualTo("forbidden");
    assertThat(refused.body()).doesNotContain("no-mallory", "scope");
    JsonNode row = audited("mallory-reads");
    assertThat(row.get("reason").asText()).isEqualTo("denied_by_policy");
    assertThat(row.get("decision").asText()).isEqualTo("denied_by_rule");
    assertThat(row.get("rule").asText()).isEqualTo("tenant:no-mallory/rule");
    assertThat(row.get("policyVersion").asText()).matches("\\d+-\\d+");
    person("alice", READ).get(PROBE).mustBe(200);
  }

  @Test
  void aTenantsAllowRuleNeverUndoesAPlatformsDenial() {
    policy(
        "generous",
        deny("quotas", "read", "subject.id == \\\"generous\\\"").replace("deny", "allow"));
    assertThat(denied(person("generous", ""), "GET").get("rule").asText())
        .isEqualTo("platform:ceiling-quotas-read");
    person("generous", ROLES).get(PROBE).mustBe(200);
    policy("tenants-too", deny("*", "*", "").replace("deny", "allow").replace("\"\"", "\"true\""));
    try {
      platform.personOf("acme", "generous", ROLES).get("/v1/tenants").mustBe(403);
    } finally {
      admin().delete("/v1/policies/tenants-too").mustBe(204);
    }
  }

  @Test
  void attributesOfTheUserThatTheTenantDeclaresCount() {
    policy("no-interns", deny("quotas", "read", "subject.department == \\\"interns\\\""));
    try {
      user("intern", "[]", "{\"department\":\"interns\",\"undeclared\":true}");
      user("lawyer", "[]", "{\"department\":\"legal\"}");
      user("nobody", "[]", "{}");
      person("intern", READ).get(PROBE).mustBe(403);
      person("lawyer", READ).get(PROBE).mustBe(200);
      // Whether it is one of the interns cannot be told.
      JsonNode row = denied(person("nobody", READ), "GET");
      assertThat(row.get("decision").asText()).isEqualTo("denied_by_uncertain_rule");
      assertThat(row.get("rule").asText()).isEqualTo("tenant:no-interns/rule");
    } finally {
      admin().delete("/v1/policies/no-interns").mustBe(204);
    }
  }

  @Test
  void whatCannotBeEvaluatedDeniesAndIsRecorded() {
    user("odd", "[]", "{\"level\":\"high\"}");
    policy("levels", deny("quotas", "read", "has(subject.level) && subject.level > 3"));
    JsonNode row = denied(person("odd", READ), "GET");
    assertThat(row.get("decision").asText()).isEqualTo("denied_by_uncertain_rule");
    assertThat(row.get("errors"))
        .hasToString("[\"tenant:levels/rule: subject.level is not of type integer\"]");
    assertThat(row.toString()).doesNotContain("high");
    assertThat(new PlatformClient(platform.adminUrl(), "none").get("/metrics").body())
        .containsPattern("policy_evaluation_errors_total [1-9]");
    person("even", READ).get(PROBE).mustBe(200);
  }

  @Test
  void theCircumstancesOfARequestCount() {
    JsonNode key = ApiKeys.create(admin(), READ).mustBe(201).json();
    PlatformClient holder = platform.client(ApiKeys.secret(key));
    policy(
        "keys-by-day",
        deny(
            "quotas",
            "read",
            "env.credential == \\\"api_key\\\" && subject.id == \\\"%s\\\""
                .formatted(key.get("id").asText())));
    holder.get(PROBE).mustBe(403);
    person("by-day", READ).get(PROBE).mustBe(200);

    policy("here", deny("quotas", "read", about("here", "inCidr(env.ip, \\\"127.0.0.0/8\\\")")));
    person("here", READ).get(PROBE).mustBe(403);
    policy(
        "past",
        deny("quotas", "read", about("past", "env.time < time(\\\"2020-01-01T00:00:00Z\\\")")));
    person("past", READ).get(PROBE).mustBe(200);
    policy(
        "now",
        deny("quotas", "read", about("now", "env.time > time(\\\"2020-01-01T00:00:00Z\\\")")));
    person("now", READ).get(PROBE).mustBe(403);
    policy("request", deny("quotas", "read", about("req", "env.requestId == \\\"unlucky\\\"")));
    person("req", READ).with("X-Request-Id", "unlucky").get(PROBE).mustBe(403);
    person("req", READ).with("X-Request-Id", "lucky").get(PROBE).mustBe(200);
  }

  @Test
  void aDelegateAndTheUserItSpeaksForMustBothBeAllowed() {
    String nobody = user("for-nobody", "[]", "{}");
    String viewer = user("for-viewer", "[\"viewer\"]", "{}");
    PlatformClient wide = platform.client().forTenant("acme");
    wide.get(PROBE).mustBe(200);
    wide.with("X-User-Id", viewer).get(PROBE).mustBe(200);
    Answer refused =
        wide.with("X-User-Id", nobody).with("X-Request-Id", "for-nobody").get(PROBE).mustBe(403);
    assertThat(refused.body()).doesNotContain("scope");
    assertThat(audited("for-nobody").get("reason").asText()).isEqualTo("denied_by_policy");
    assertThat(audited("for-nobody").get("user").asText()).isEqualTo(nobody);
    wide.with("X-User-Id", viewer).put(PROBE, "{\"items\":[]}").mustBe(403);

    PlatformClient narrow =
        platform
            .client(RealServers.issuer().resourceToken("narrow", "users:read platform:delegate"))
            .forTenant("acme");
    narrow.with("X-User-Id", viewer).get("/v1/users").mustBe(200);
    narrow.with("X-User-Id", viewer).with("X-Request-Id", "narrow-delegate").get(PROBE).mustBe(403);
    assertThat(audited("narrow-delegate").get("reason").asText()).isEqualTo("missing_scope");

    policy("not-for-viewer", deny("users", "read", about("for-viewer", "true")));
    narrow.with("X-User-Id", viewer).get("/v1/users").mustBe(403);
    policy("not-by-narrow", deny("users", "read", about("narrow", "true")));
    narrow.get("/v1/users").mustBe(403);
  }

  @Test
  void ownSessionsAreEverybodysWhateverTheRules() {
    platform.createTenant("closed");
    PlatformClient owner = platform.clientOf("closed");
    owner.post("/v1/policies", policyText("nothing", deny("*", "*", ""))).mustBe(201);
    owner.get(PROBE).mustBe(403);
    owner.get("/v1/auth/me").mustBe(200);
    owner.post("/v1/auth/logout", "{}").mustBe(200);
  }

  @Test
  void aTenantThatHasLockedItselfOutIsHelpedByThePlatform() {
    platform.createTenant("locked");
    PlatformClient owner = platform.clientOf("locked");
    owner.post("/v1/policies", policyText("nothing", deny("*", "*", ""))).mustBe(201);
    owner.delete("/v1/policies/nothing").mustBe(403);
    PlatformClient operator = platform.client().forTenant("locked");
    operator.get(PROBE).mustBe(403);
    operator.get("/v1/policies").mustBe(200);
    operator.delete("/v1/policies/nothing").mustBe(204);
    owner.get(PROBE).mustBe(200);
  }

  @Test
  void withoutItsPolicyNothingIsAllowed() {
    platform.createTenant("away");
    JsonNode key = ApiKeys.create(platform.clientOf("away"), "apikeys:read").mustBe(201).json();
    PlatformClient holder = platform.client(ApiKeys.secret(key));
    holder.get("/v1/api-keys").mustBe(200);
    // Its policy is known to have changed, and cannot be read.
    sql.admin("INSERT INTO changes (kind, key) VALUES ('policy', 'away')");
    sql.shut("away");
    try {
      await("the change")
          .atMost(Duration.ofSeconds(10))
          .until(() -> holder.get("/v1/api-keys").status() == 503);
      Answer refused = holder.get("/v1/api-keys").mustBe(503);
      assertThat(refused.errorCode()).isEqualTo("unavailable");
      assertThat(refused.header("Retry-After")).matches("[1-9][0-9]*");
      holder.get("/v1/auth/me").mustBe(200);
      platform.client().forTenant("away").get("/v1/tenants").mustBe(200);
    } finally {
      sql.open("away");
    }
    await("the policy")
        .atMost(Duration.ofSeconds(20))
        .until(() -> holder.get("/v1/api-keys").status() == 200);
  }

  private static PlatformClient admin() {
    return platform.clientOf("acme");
  }

  private static PlatformClient person(String subject, String scope) {
    return platform.personOf("acme", subject, scope);
  }

  private static String user(String subject, String roles, String attributes) {
    return admin()
        .post(
            "/v1/users",
            "{\"subject\":\"%s\",\"roles\":%s,\"attributes\":%s}"
                .formatted(subject, roles, attributes))
        .mustBe(201)
        .json()
        .get("id")
        .asText();
  }

  private static void policy(String id, String rule) {
    admin().post("/v1/policies", policyText(id, rule)).mustBe(201);
  }

  private static String policyText(String id, String rule) {
    return "{\"id\":\"%s\",\"rules\":[%s]}".formatted(id, rule);
  }

  private static String deny(String type, String action, String condition) {
    return """
        {"id":"rule","effect":"deny","resourceType":"%s","action":"%s","condition":"%s"}"""
        .formatted(type, action, condition);
  }

  /** A condition of one subject's requests only, so that tests do not meet. */
  private static String about(String subject, String condition) {
    return "subject.id == \\\"" + subject + "\\\" && " + condition;
  }

  /** The audit row of a request that is refused. */
  private static JsonNode denied(PlatformClient client, String method) {
    String id = "denied-" + UUID.randomUUID();
    client
        .with("X-Request-Id", id)
        .send(
            method,
            PROBE,
            method.equals("GET") ? null : "application/json",
            method.equals("GET") ? null : "{\"items\":[]}")
        .mustBe(403);
    return audited(id);
  }

  private static JsonNode audited(String requestId) {
    List<String> rows =
        sql.admin(
            "SELECT details FROM audit_events WHERE action = 'access.refused' AND request_id = '"
                + requestId
                + "'");
    assertThat(rows).hasSize(1);
    try {
      return new ObjectMapper().readTree(rows.get(0));
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
