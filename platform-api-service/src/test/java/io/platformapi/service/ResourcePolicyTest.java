package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.platformapi.service.testing.ApiKeys;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.TenantSql;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Policies that look at single resources: users, API keys, policies, roles, tenants. */
class ResourcePolicyTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SCHEMA =
      """
      {"subject": {"department": "string", "level": "integer", "score": "decimal",
                   "active": "boolean", "labels": "string_list", "since": "time"},
       "resources": [{"type": "document", "actions": ["read"],
                      "attributes": {"status": "integer", "kind": "boolean"}}]}""";

  private static PlatformUnderTest platform;
  private static TenantSql sql;

  @BeforeAll
  static void start() throws Exception {
    platform = PlatformUnderTest.start();
    sql = new TenantSql(platform.settings());
    platform.createTenant("acme");
    admin().put("/v1/policies/schema", SCHEMA).mustBe(200);
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  /** Two ways to the same answer: rules as SQL, and rules evaluated one resource at a time. */
  @Test
  void aListShowsExactlyTheUsersThatCanBeReadOneByOne() {
    List<String> ids =
        List.of(
            user(
                "'subject':'u-1@x.org','email':'u-1@x.org','roles':['viewer']",
                "'department':'law','level':3"),
            user("'subject':'u-2','roles':['admin','viewer']", "'department':'sales','level':2"),
            user("'subject':'reader'", "'department':'law','score':1.6,'active':true"),
            user("'subject':'Ünï'", "'score':1.50,'active':false,'labels':['law','x']"),
            user("'email':'a@example.org'", "'labels':[],'level':9007199254740993"),
            user("'subject':'u-6'", "'level':'3','score':'2','active':'true','labels':'x'"),
            user("'subject':'u-7'", "'level':3.0,'department':5,'since':'yesterday'"),
            user("'subject':'u-8'", "'since':'2023-12-31T23:59:59+00:00','score':2"),
            user("'subject':'u-9'", "'since':'2023-02-31T00:00:00Z','level':-1"),
            user("'subject':'u-10'", "'since':'2024-01-01T00:00:00.5Z'"),
            user("'subject':'u-11'", "'department':'law','labels':['law'],'since':'now'"),
            user("'subject':'u-12'", "'since':'2023-12-31T23:59:59.9999999Z'"));
    admin().patch("/v1/users/" + ids.get(9), "{\"status\":\"suspended\"}").mustBe(200);
    List<String> conditions =
        List.of(
            "resource.department == 'law'",
            "resource.department == subject.department",
            "resource.level >= 3",
            "resource.level == 9007199254740993",
            "resource.score > 1.5",
            "resource.level < resource.score",
            "resource.active",
            "'x' in resource.labels",
            "resource.department in resource.labels",
            "resource.since < time('2024-01-01T00:00:00Z')",
            "resource.since != time('2024-01-01T00:00:00.5Z')",
            "'viewer' in resource.roles && !('admin' in resource.roles)",
            "resource.status == 'active'",
            "resource.email == resource.subject",
            "has(resource.level) || has(resource.email)",
            "has(resource.since)",
            "startsWith(resource.subject, 'u-1')",
            "resource.subject == subject.id",
            "resource.subject == 'Ünï'",
            "resource.id == '" + ids.get(0) + "' || resource.id == '" + ids.get(6) + "'",
            "resource.tenant == 'acme' && resource.type == 'users'",
            "resource.tenant == 'globex'");
    List<String> rules = new ArrayList<>();
    for (String condition : conditions) {
      rules.add(condition);
      rules.add("!(" + condition + ")");
    }
    int shown = 0;
    for (String condition : rules) {
      policy("rows", deny("users", "read", "subject.id == 'reader' && (" + condition + ")"));
      PlatformClient reader = person("reader", "users:read");
      List<String> readable =
          ids.stream().filter(id -> reader.get("/v1/users/" + id).status() == 200).toList();
      Answer first = reader.get("/v1/users?limit=2");
      if (first.status() == 403) {
        assertThat(readable).as(condition).isEmpty();
      } else {
        List<String> listed = listed(reader, "/v1/users", "id");
        listed.retainAll(ids);
        assertThat(listed).as(condition).isEqualTo(readable);
      }
      shown += readable.size();
    }
    assertThat(shown).as("rules that hide some and show some").isBetween(100, 300);
    admin().delete("/v1/policies/rows").mustBe(204);
  }

  @Test
  void aListShowsExactlyTheKeysThatCanBeReadOneByOne() {
    String own = key(person("maker", "apikeys:write quotas:read"), "own", "quotas:read");
    String other = key(admin(), "other", "quotas:read users:read");
    for (String condition :
        List.of(
            "resource.createdBy == subject.id",
            "'users:read' in resource.scopes",
            "resource.name == 'other'",
            "resource.id == '" + own + "'")) {
      policy("keys", deny("apikeys", "read", "subject.id == 'maker' && !(" + condition + ")"));
      PlatformClient maker = person("maker", "apikeys:read");
      List<String> readable =
          List.of(own, other).stream()
              .filter(id -> maker.get("/v1/api-keys/" + id).status() == 200)
              .toList();
      assertThat(readable).as(condition).hasSize(1);
      assertThat(listed(maker, "/v1/api-keys", "id")).as(condition).isEqualTo(readable);
    }
    admin().delete("/v1/policies/keys").mustBe(204);
  }

  @Test
  void policiesAndRolesAreToldApartByTheirKind() {
    policy("shown", deny("quotas", "read", "subject.id == 'nobody'"));
    policy("hidden", deny("quotas", "read", "subject.id == 'nobody'"));
    admin().post("/v1/roles", "{\"name\":\"hidden\"}").mustBe(201);
    policy(
        "about-policies",
        deny(
            "policies",
            "*",
            "subject.id == 'auditor' && resource.kind == 'policy' && resource.id == 'hidden'"));
    PlatformClient auditor = person("auditor", "policies:read policies:write");
    assertThat(listed(auditor, "/v1/policies", "id")).contains("shown").doesNotContain("hidden");
    assertThat(listed(auditor, "/v1/roles", "name")).contains("hidden", "viewer");
    auditor.get("/v1/policies/shown").mustBe(200);
    auditor.get("/v1/policies/hidden").mustBe(404);
    auditor.delete("/v1/policies/hidden").mustBe(404);
    auditor.put("/v1/policies/hidden", "{\"rules\":[]}").mustBe(404);
    auditor.get("/v1/roles/hidden").mustBe(200);
    auditor.get("/v1/policies/schema").mustBe(200);
    // These two tell of all rules.
    auditor.post("/v1/policies/simulate", "{\"policies\":[]}").mustBe(403);
    auditor
        .post(
            "/v1/authz/explain",
            "{\"subject\":{\"type\":\"user\",\"id\":\"a\"},\"action\":\"read\","
                + "\"resource\":{\"type\":\"quotas\"}}")
        .mustBe(403);
    admin().get("/v1/policies/hidden").mustBe(200);
  }

  @Test
  void whoMayNotChangeARoleGivesItToNobody() {
    policy(
        "guarded-role",
        deny(
            "policies",
            "write",
            "subject.id == 'helper' && resource.kind == 'role' && resource.id == 'admin'"));
    PlatformClient helper = person("helper", "policies:read policies:write");
    String body = "{\"subject\":{\"type\":\"service\",\"id\":\"friend\"}}";
    helper.post("/v1/roles/viewer/assignments", body).mustBe(201);
    Answer refused = helper.post("/v1/roles/admin/assignments", body).mustBe(403);
    assertThat(refused.errorCode()).isEqualTo("forbidden");
    helper.get("/v1/roles/admin/assignments").mustBe(200);
    assertThat(admin().get("/v1/roles/admin/assignments").json().get("items")).isEmpty();
  }

  @Test
  void aChangeIsJudgedByWhatIsThereAndByWhatWouldBe() {
    String clerk = user("'subject':'clerk-1','roles':['viewer']", "'department':'law'");
    String boss = user("'subject':'boss-1','roles':['admin']", "'department':'law'");
    String stranger = user("'subject':'stranger-1'", "'department':'sales'");
    policy(
        "helpdesk",
        deny(
            "users",
            "write",
            "subject.id == 'helpdesk' && (has(resource.roles) && 'admin' in resource.roles)"),
        deny("users", "*", "subject.id == 'helpdesk' && resource.department != 'law'"));
    PlatformClient helpdesk = person("helpdesk", "users:read users:write");

    helpdesk.patch("/v1/users/" + clerk, "{\"displayName\":\"Clerk\"}").mustBe(200);
    Answer promoted = helpdesk.patch("/v1/users/" + clerk, "{\"roles\":[\"admin\"]}").mustBe(403);
    assertThat(promoted.errorCode()).isEqualTo("forbidden");
    helpdesk.patch("/v1/users/" + clerk, "{\"attributes\":{\"department\":\"sales\"}}").mustBe(403);
    assertThat(admin().get("/v1/users/" + clerk).json().get("roles")).hasSize(1);
    assertThat(admin().get("/v1/users/" + clerk).json().at("/attributes/department").asText())
        .isEqualTo("law");

    helpdesk.get("/v1/users/" + boss).mustBe(200);
    helpdesk.patch("/v1/users/" + boss, "{\"displayName\":\"Boss\"}").mustBe(403);
    helpdesk.delete("/v1/users/" + boss).mustBe(403);
    helpdesk.get("/v1/users/" + stranger).mustBe(404);
    helpdesk.patch("/v1/users/" + stranger, "{\"displayName\":\"x\"}").mustBe(404);
    helpdesk.delete("/v1/users/" + stranger).mustBe(404);
    admin().get("/v1/users/" + stranger).mustBe(200);

    String law = "\"attributes\":{\"department\":\"law\"}";
    helpdesk.post("/v1/users", "{\"subject\":\"new-1\"," + law + "}").mustBe(201);
    helpdesk
        .post("/v1/users", "{\"subject\":\"new-2\",\"roles\":[\"admin\"]," + law + "}")
        .mustBe(403);
    helpdesk.post("/v1/users", "{\"subject\":\"new-3\"}").mustBe(403);
    assertThat(admin().get("/v1/users?subject=new-2").json().get("items")).isEmpty();
  }

  @Test
  void keysAreJudgedByWhatIsThereAndByWhatWouldBe() {
    String foreign = key(admin(), "foreign", "quotas:read");
    policy(
        "own-keys",
        deny("apikeys", "*", "subject.id == 'owner' && resource.createdBy != subject.id"),
        deny("apikeys", "write", "subject.id == 'owner' && 'users:write' in resource.scopes"));
    PlatformClient owner =
        person("owner", "apikeys:read apikeys:write quotas:read users:read users:write");
    String own = key(owner, "mine", "quotas:read");
    ApiKeys.create(owner, "users:write").mustBe(403);
    owner.post("/v1/api-keys/" + own + "/rotate", "{\"overlapSeconds\":0}").mustBe(201);
    owner.post("/v1/api-keys/" + foreign + "/rotate", "{\"overlapSeconds\":0}").mustBe(404);
    String id = "revoke-" + UUID.randomUUID();
    owner.with("X-Request-Id", id).delete("/v1/api-keys/" + foreign).mustBe(404);
    // Kept though the work, in the same database, was rolled back.
    assertThat(audited(id).get("rule").asText()).isEqualTo("tenant:own-keys/rule-0");
    assertThat(admin().get("/v1/api-keys/" + foreign).json().get("revokedAt").isNull()).isTrue();
  }

  @Test
  void eachDenialIsAuditedOnceWithTheRuleThatDecided() {
    String secret = user("'subject':'secret-1'", "'department':'secret'");
    policy(
        "secrets",
        deny("users", "*", "subject.id == 'curious' && resource.department == 'secret'"));
    PlatformClient curious = person("curious", "users:read users:write");
    for (String method : List.of("GET", "PATCH", "DELETE")) {
      String id = "secret-" + UUID.randomUUID();
      Answer answer =
          curious
              .with("X-Request-Id", id)
              .send(
                  method,
                  "/v1/users/" + secret,
                  method.equals("PATCH") ? "application/json" : null,
                  method.equals("PATCH") ? "{}" : null)
              .mustBe(404);
      assertThat(answer.body()).doesNotContain("secrets");
      JsonNode row = audited(id);
      assertThat(row.get("reason").asText()).isEqualTo("denied_by_policy");
      assertThat(row.get("decision").asText()).isEqualTo("denied_by_rule");
      assertThat(row.get("rule").asText()).isEqualTo("tenant:secrets/rule-0");
      assertThat(row.get("policyVersion").asText()).matches("\\d+-\\d+");
    }
  }

  @Test
  void aKeyThatGivesMoreThanItsMakerHasIsRefusedAndAudited() {
    String id = "grant-" + UUID.randomUUID();
    ApiKeys.create(person("giver", "apikeys:write").with("X-Request-Id", id), "quotas:read")
        .mustBe(403);
    assertThat(audited(id).get("reason").asText()).isEqualTo("scope_not_own");
  }

  @Test
  void aRefusalThatCannotBeKeptIsNotToldAsIfItHadBeen() {
    String hidden = user("'subject':'hidden-1'", "'department':'hidden'");
    policy(
        "hidden-users",
        deny("users", "*", "subject.id == 'unkept' && resource.department == 'hidden'"));
    PlatformClient unkept = person("unkept", "users:read");
    unkept.get("/v1/users/" + hidden).mustBe(404);
    sql.admin(
        "ALTER TABLE audit_events ADD CONSTRAINT full_up CHECK (actor <> 'unkept') NOT VALID");
    try {
      Answer answer = unkept.get("/v1/users/" + hidden).mustBe(503);
      assertThat(answer.errorCode()).isEqualTo("unavailable");
      assertThat(answer.header("Retry-After")).matches("[1-9][0-9]*");
    } finally {
      sql.admin("ALTER TABLE audit_events DROP CONSTRAINT full_up");
    }
  }

  @Test
  void rulesMayReadWhatTheTypeHasAndNothingElse() {
    for (ObjectNode wrong :
        List.of(
            deny("users", "read", "resource.kind == 'policy'"),
            deny("apikeys", "read", "resource.status == 'active'"),
            deny("users", "read", "resource.status == 1"),
            deny("quotas", "read", "resource.status == 'active'"),
            deny("policies", "read", "resource.department == 'law'"))) {
      Answer refused = admin().post("/v1/policies", policyText("wrong", wrong)).mustBe(422);
      assertThat(refused.fields()).as(wrong.toString()).containsExactly("rules[0].condition");
    }
    // A type of the tenant's own may call something so that is something else elsewhere.
    policy(
        "right",
        deny("document", "read", "resource.status == 1 && resource.kind"),
        deny("users", "read", "subject.id == 'n' && resource.status == 'suspended'"),
        deny("policies", "read", "subject.id == 'n' && resource.kind == 'schema'"));
    person("n", "policies:read").get("/v1/policies/schema").mustBe(404);
    JsonNode answer =
        admin()
            .post(
                "/v1/authz/check",
                "{\"subject\":{\"type\":\"user\",\"id\":\"n\",\"scopes\":[\"users:read\"]},"
                    + "\"action\":\"read\",\"resource\":{\"type\":\"users\",\"id\":\"1\","
                    + "\"attributes\":{\"status\":\"suspended\"}}}")
            .mustBe(200)
            .json();
    assertThat(answer.at("/decidedBy/rule").asText()).isEqualTo("right/rule-1");
  }

  private static PlatformClient admin() {
    return platform.clientOf("acme");
  }

  private static PlatformClient person(String subject, String scope) {
    return platform.personOf("acme", subject, scope);
  }

  /** Id of a new user; single quotes for double ones. */
  private static String user(String fields, String attributes) {
    String body = "{" + fields + ",'attributes':{" + attributes + "}}";
    return admin().post("/v1/users", body.replace('\'', '"')).mustBe(201).json().get("id").asText();
  }

  private static String key(PlatformClient maker, String name, String scopes) {
    String body =
        "{\"name\":\"%s\",\"scopes\":[\"%s\"]}".formatted(name, scopes.replace(" ", "\",\""));
    return maker.post("/v1/api-keys", body).mustBe(201).json().get("id").asText();
  }

  /** Makes a policy, or puts it in the place of the one of that id. */
  private static void policy(String id, ObjectNode... rules) {
    String text = policyText(id, rules);
    if (admin().put("/v1/policies/" + id, text).status() == 404) {
      admin().post("/v1/policies", text).mustBe(201);
    } else {
      admin().put("/v1/policies/" + id, text).mustBe(200);
    }
  }

  private static String policyText(String id, ObjectNode... rules) {
    ObjectNode policy = JSON.createObjectNode().put("id", id);
    for (int i = 0; i < rules.length; i++) {
      policy.withArray("rules").add(rules[i].put("id", "rule-" + i));
    }
    return policy.toString();
  }

  private static ObjectNode deny(String type, String action, String condition) {
    return JSON.createObjectNode()
        .put("effect", "deny")
        .put("resourceType", type)
        .put("action", action)
        .put("condition", condition);
  }

  /** Everything that a list shows, one by one. */
  private static List<String> listed(PlatformClient client, String path, String id) {
    List<String> seen = new ArrayList<>();
    String cursor = "";
    while (cursor != null) {
      JsonNode page = client.get(path + "?limit=1" + cursor).mustBe(200).json();
      page.get("items").forEach(item -> seen.add(item.get(id).asText()));
      JsonNode next = page.get("nextCursor");
      cursor = next.isNull() ? null : "&cursor=" + next.asText();
    }
    return seen;
  }

  private static JsonNode audited(String requestId) {
    List<String> rows =
        sql.admin(
            "SELECT details FROM audit_events WHERE action = 'access.refused' AND request_id = '"
                + requestId
                + "'");
    assertThat(rows).hasSize(1);
    try {
      return JSON.readTree(rows.get(0));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
