package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.testing.ApiKeys;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.RealServers;
import io.platformapi.service.testing.TenantSql;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Users' roles and attributes: who may give them, and what decisions make of them. */
class UserRolesTest {
  private static final String USERS = "/v1/users";
  private static final String ROLES = "/v1/roles";
  private static final String CHECK = "/v1/authz/check";

  private static PlatformUnderTest platform;
  private static PlatformClient client;

  @BeforeAll
  static void start() throws Exception {
    platform = PlatformUnderTest.start();
    platform.createTenant("acme", "jit");
    platform.createTenant("globex");
    client = platform.clientOf("acme");
    role("editor");
    client.post(ROLES, "{\"name\":\"chief\",\"parents\":[\"editor\"]}").mustBe(201);
    client
        .put(
            "/v1/policies/schema",
            """
            {"subject": {"clearance": "integer"},
             "resources": [{"type": "document", "actions": ["read", "write"]}]}""")
        .mustBe(200);
    client
        .post(
            "/v1/policies",
            """
            {"id": "documents", "rules": [
              {"id": "editors", "effect": "allow", "role": "editor", "resourceType": "document",
               "action": "write"},
              {"id": "cleared", "effect": "allow", "resourceType": "document", "action": "read",
               "condition": "subject.clearance >= 2"}]}""")
        .mustBe(201);
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  @Test
  void onlyRolesOfTheTenantCanBeGiven() {
    platform.clientOf("globex").post(ROLES, "{\"name\":\"foreign\"}").mustBe(201);
    for (String unknown : List.of("nobody", "foreign", "Admin")) {
      Answer refused =
          client.post(USERS, "{\"subject\":\"u-1\",\"roles\":[\"viewer\",\"" + unknown + "\"]}");
      assertThat(refused.mustBe(422).fields()).containsExactly("roles");
      assertThat(refused.body()).contains(unknown).doesNotContain("viewer");
    }
    String path = user("u-1", "viewer");
    Answer refused = client.patch(path, "{\"roles\":[\"viewer\",\"nobody\"]}").mustBe(422);
    assertThat(refused.fields()).containsExactly("roles");
    assertThat(client.get(path).mustBe(200).header("ETag")).isEqualTo("\"1\"");
  }

  @Test
  void whoMayNotWritePoliciesHandsOutNoRole() {
    String key = "users:read users:write";
    PlatformClient lesser =
        platform.client(ApiKeys.secret(ApiKeys.create(client, key).mustBe(201).json()));
    PlatformClient service =
        platform.client(
            RealServers.issuer().organizationToken("hr", "org_acme", "users:read users:write"));
    for (PlatformClient caller : List.of(lesser, service)) {
      String name = caller == lesser ? "key" : "service";
      String without = user("without-" + name);
      String with = user("with-" + name, "editor");
      caller.post(USERS, "{\"subject\":\"plain-" + name + "\"}").mustBe(201);
      caller.patch(without, "{\"displayName\":\"x\",\"attributes\":{\"a\":1}}").mustBe(200);
      caller.patch(without, "{\"subject\":\"moved-" + name + "\"}").mustBe(200);
      caller.patch(with, "{\"displayName\":\"x\",\"roles\":[\"editor\"]}").mustBe(200);
      caller.patch(with, "{\"status\":\"suspended\"}").mustBe(200);
      caller.patch(with, "{\"status\":\"active\"}").mustBe(200);

      forbidden(caller.post(USERS, "{\"subject\":\"n\",\"roles\":[\"viewer\"]}"));
      forbidden(caller.post(USERS, "{\"subject\":\"n\",\"roles\":[\"no-role\"]}"));
      forbidden(caller.patch(without, "{\"roles\":[\"admin\"]}"));
      forbidden(caller.patch(with, "{\"roles\":[\"editor\",\"admin\"]}"));
      forbidden(caller.patch(with, "{\"roles\":[]}"));
      forbidden(caller.patch(with, "{\"roles\":null}"));
      // Its roles would be those of whoever has the other subject.
      forbidden(caller.patch(with, "{\"subject\":\"" + name + "-myself\"}"));
      JsonNode kept = client.get(with).mustBe(200).json();
      assertThat(kept.get("roles")).hasToString("[\"editor\"]");
      assertThat(kept.get("subject").asText()).isEqualTo("with-" + name);
      caller.delete(with).mustBe(204);
    }
  }

  @Test
  void aServiceThatSpeaksForAUserHandsOutWhatTheUserMay() {
    String path = user("asking");
    String administrator = user("asking-admin", "admin");
    PlatformClient delegate = platform.client().forTenant("acme");
    String promotion = "{\"roles\":[\"editor\"]}";
    forbidden(delegate.with("X-User-Id", id(path)).patch(path, promotion));
    delegate.with("X-User-Id", id(administrator)).patch(path, promotion).mustBe(200);
    delegate.patch(path, "{\"roles\":[\"viewer\"]}").mustBe(200);
  }

  @Test
  void anAdministratorByRoleHandsOutRolesButThoseThatARuleKeepsBack() {
    user("chief-of-roles", "admin");
    String path = user("candidate");
    PlatformClient administrator = platform.personOf("acme", "chief-of-roles", "platform:roles");
    administrator.patch(path, "{\"roles\":[\"viewer\"]}").mustBe(200);
    String rule =
        """
        {"id": "kept-back", "rules": [{"id": "rule", "effect": "deny", "resourceType": "policies",
          "action": "write", "condition":
          "subject.id == 'chief-of-roles' && resource.kind == 'role' && resource.id == 'editor'"}]}
        """;
    client.post("/v1/policies", rule).mustBe(201);
    forbidden(administrator.patch(path, "{\"roles\":[\"viewer\",\"editor\"]}"));
    administrator.patch(path, "{\"roles\":[]}").mustBe(200);
    client.patch(path, "{\"roles\":[\"editor\"]}").mustBe(200);
    forbidden(administrator.patch(path, "{\"roles\":[]}"));
    client.delete("/v1/policies/kept-back").mustBe(204);
  }

  @Test
  void aRoleThatAUserHasCannotBeDeleted() {
    role("held");
    String path = user("holder", "held");
    conflict(client.delete(ROLES + "/held"));
    client.patch(path, "{\"status\":\"suspended\"}").mustBe(200);
    conflict(client.delete(ROLES + "/held"));
    client.patch(path, "{\"roles\":[]}").mustBe(200);
    client.delete(ROLES + "/held").mustBe(204);

    role("held");
    String next = user("next", "held");
    conflict(client.delete(ROLES + "/held"));
    client.delete(next).mustBe(204);
    client.delete(ROLES + "/held").mustBe(204);
  }

  @Test
  void ofARoleThatIsRemovedAndGivenAtOnceOneHappens() {
    TenantSql sql = new TenantSql(platform.settings());
    int removed = 0;
    for (int round = 0; round < 20; round++) {
      String name = "race-" + round;
      role(name);
      String path = user("racer-" + round);
      CompletableFuture<Integer> deletion =
          CompletableFuture.supplyAsync(() -> client.delete(ROLES + "/" + name).status());
      CompletableFuture<Integer> gift =
          CompletableFuture.supplyAsync(
              () -> client.patch(path, "{\"roles\":[\"" + name + "\"]}").status());
      List<Integer> outcome = List.of(deletion.join(), gift.join());
      assertThat(outcome).isIn(List.of(204, 422), List.of(409, 200));
      removed += outcome.get(0) == 204 ? 1 : 0;
    }
    assertThat(
            sql.tenant(
                "acme", "SELECT role FROM user_roles WHERE role LIKE 'race-%' ORDER BY role"))
        .hasSize(20 - removed);
  }

  @Test
  void whatTheTenantKnowsOfAUserWinsOverWhatTheAskingServiceSays() {
    String path = user("ann", "chief");
    assertThat(reason("user", "ann", "write", "")).isEqualTo("allowed_by_rule");
    client.patch(path, "{\"roles\":[\"viewer\"],\"attributes\":{\"clearance\":1}}").mustBe(200);
    assertThat(reason("user", "ann", "write", ",\"roles\":[\"chief\"]"))
        .isEqualTo("no_rule_allows");
    assertThat(reason("user", "ann", "read", ",\"attributes\":{\"clearance\":3}"))
        .isEqualTo("no_rule_allows");
    client.patch(path, "{\"attributes\":{\"clearance\":2}}").mustBe(200);
    assertThat(reason("user", "ann", "read", ",\"attributes\":{\"clearance\":1}"))
        .isEqualTo("allowed_by_rule");
    // What policies cannot read allows nothing.
    client.patch(path, "{\"attributes\":{\"clearance\":\"high\"}}").mustBe(200);
    assertThat(reason("user", "ann", "read", ",\"attributes\":{\"clearance\":3}"))
        .isEqualTo("no_rule_allows");

    assertThat(reason("user", "unknown", "write", ",\"roles\":[\"chief\"]"))
        .isEqualTo("allowed_by_rule");
    assertThat(reason("service", "ann", "write", ",\"roles\":[\"chief\"]"))
        .as("a service of that id is somebody else")
        .isEqualTo("allowed_by_rule");
  }

  @Test
  void nothingIsAllowedToAUserThatMayNotAct() {
    String path = user("gone", "chief");
    assertThat(reason("user", "gone", "write", "")).isEqualTo("allowed_by_rule");
    client.patch(path, "{\"status\":\"suspended\"}").mustBe(200);
    assertThat(reason("user", "gone", "write", "")).isEqualTo("subject_not_active");
    client.patch(path, "{\"status\":\"active\"}").mustBe(200);
    assertThat(reason("user", "gone", "write", "")).isEqualTo("allowed_by_rule");
    client.delete(path).mustBe(204);
    assertThat(reason("user", "gone", "write", ",\"roles\":[\"chief\"]"))
        .isEqualTo("subject_not_active");
  }

  @Test
  void somebodyWhoBecameAUserJustInTimeHasTheRolesOfThatUserNone() {
    assertThat(reason("user", "jit", "write", ",\"roles\":[\"chief\"]"))
        .isEqualTo("allowed_by_rule");
    platform.personOf("acme", "jit", "quotas:read").get("/v1/quotas").mustBe(200);
    assertThat(reason("user", "jit", "write", ",\"roles\":[\"chief\"]"))
        .isEqualTo("no_rule_allows");
  }

  @Test
  void aSubjectThatNoUserCanHaveIsNobody() {
    assertThat(reason("user", "all/*", "write", "")).isEqualTo("no_rule_allows");
  }

  private static void role(String name) {
    client.post(ROLES, "{\"name\":\"" + name + "\"}").mustBe(201);
  }

  /** Path of a new user. */
  private static String user(String subject, String... roles) {
    String list = roles.length == 0 ? "" : "\"" + String.join("\",\"", roles) + "\"";
    String body = "{\"subject\":\"" + subject + "\",\"roles\":[" + list + "]}";
    return USERS + "/" + client.post(USERS, body).mustBe(201).json().get("id").asText();
  }

  private static String id(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static String reason(String type, String id, String action, String more) {
    String question =
        """
        {"subject":{"type":"%s","id":"%s"%s},"action":"%s",
         "resource":{"type":"document","id":"d"}}"""
            .formatted(type, id, more, action);
    return client.post(CHECK, question).mustBe(200).json().get("reason").asText();
  }

  private static void forbidden(Answer answer) {
    assertThat(answer.mustBe(403).errorCode()).isEqualTo("forbidden");
  }

  private static void conflict(Answer answer) {
    assertThat(answer.mustBe(409).errorCode()).isEqualTo("conflict");
  }
}
