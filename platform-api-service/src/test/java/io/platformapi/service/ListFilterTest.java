package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.TenantSql;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Pages of lists of which the caller may not see everything. */
class ListFilterTest {
  private static final int ALL = 9;

  private static PlatformUnderTest platform;
  private static TenantSql sql;

  @BeforeAll
  static void start() throws Exception {
    platform = PlatformUnderTest.start();
    sql = new TenantSql(platform.settings());
    platform.createTenant("acme");
    admin().put("/v1/policies/schema", "{\"subject\":{\"department\":\"string\"}}").mustBe(200);
    policy("clerk", "users", "resource.department == 'secret'");
    policy("keeper", "apikeys", "startsWith(resource.name, 'hidden')");
    policy("auditor", "policies", "startsWith(resource.id, 'hidden')");
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  @Test
  void usersFillThePages() {
    List<String> shown =
        mixed(
            name ->
                id(
                    "/v1/users",
                    "{\"subject\":\"%s\",\"attributes\":{\"department\":\"%s\"}}"
                        .formatted(name, name.startsWith("hidden") ? "secret" : "law")));
    assertPages(person("clerk", "users:read"), "/v1/users", "id", shown);
  }

  @Test
  void keysFillThePages() {
    List<String> shown =
        mixed(
            name ->
                id(
                    "/v1/api-keys",
                    "{\"name\":\"%s\",\"scopes\":[\"quotas:read\"]}".formatted(name)));
    assertPages(person("keeper", "apikeys:read"), "/v1/api-keys", "id", shown);
  }

  @Test
  void policiesFillThePages() {
    PlatformClient auditor = person("auditor", "policies:read");
    List<String> shown = new ArrayList<>(listed(auditor, "/v1/policies", "id"));
    shown.addAll(
        mixed(
            name -> {
              admin()
                  .post("/v1/policies", "{\"id\":\"%s\",\"rules\":[]}".formatted(name))
                  .mustBe(201);
              return name;
            }));
    assertPages(auditor, "/v1/policies", "id", shown.stream().sorted().toList());
  }

  @Test
  void rolesFillThePages() {
    PlatformClient auditor = person("auditor", "policies:read");
    List<String> shown = new ArrayList<>(listed(auditor, "/v1/roles", "name"));
    shown.addAll(
        mixed(
            name -> {
              admin().post("/v1/roles", "{\"name\":\"%s\"}".formatted(name)).mustBe(201);
              return name;
            }));
    assertPages(auditor, "/v1/roles", "name", shown.stream().sorted().toList());
  }

  @Test
  void tenantsFillThePages() {
    List<String> shown = new ArrayList<>(listed(platform.client(), "/v1/tenants", "id"));
    for (String tenant : List.of("a-shown", "b-hidden", "c-shown", "d-hidden", "e-shown")) {
      platform.createTenant(tenant);
      if (tenant.endsWith("shown")) {
        shown.add(tenant);
      }
    }
    sql.admin(
        """
        INSERT INTO platform_policies
          (id, effect, role, resource_type, action, condition, description)
        VALUES ('some-tenants', 'deny', '*', 'tenants', 'read', 'endsWith(resource.id, "-hidden")', '')
        """);
    await("the rule")
        .atMost(Duration.ofSeconds(10))
        .until(() -> platform.client().get("/v1/tenants/b-hidden").status() == 404);
    assertPages(platform.client(), "/v1/tenants", "id", shown.stream().sorted().toList());
  }

  /** Whoever read these rows could not answer at all. */
  @Test
  void rowsThatTheCallerMayNotSeeAreNotRead() {
    String user =
        id("/v1/users", "{\"subject\":\"odd\",\"attributes\":{\"department\":\"secret\"}}");
    sql.tenant("acme", "ALTER TABLE users DROP CONSTRAINT users_status_check");
    sql.tenant("acme", "UPDATE users SET status = 'unheard-of' WHERE id = '" + user + "'");
    String key = id("/v1/api-keys", "{\"name\":\"hidden-odd\",\"scopes\":[\"quotas:read\"]}");
    sql.admin("ALTER TABLE api_keys ALTER version DROP NOT NULL");
    sql.admin("UPDATE api_keys SET version = NULL WHERE id = '" + key + "'");
    try {
      admin().get("/v1/users?limit=200").mustBe(500);
      listed(person("clerk", "users:read"), "/v1/users", "id");
      admin().get("/v1/api-keys?limit=200").mustBe(500);
      listed(person("keeper", "apikeys:read"), "/v1/api-keys", "id");
    } finally {
      sql.tenant("acme", "DELETE FROM users WHERE id = '" + user + "'");
      sql.admin("DELETE FROM api_keys WHERE id = '" + key + "'");
    }
  }

  /** Makes things of which every other may not be seen; what is made of the others' names. */
  private static List<String> mixed(Function<String, String> make) {
    List<String> shown = new ArrayList<>();
    for (int i = 0; i < ALL; i++) {
      String made = make.apply((i % 2 == 0 ? "shown-" : "hidden-") + i);
      if (i % 2 == 0) {
        shown.add(made);
      }
    }
    return shown;
  }

  /** Pages are full but for the last, and nothing tells of rows that are not shown. */
  private static void assertPages(
      PlatformClient client, String path, String field, List<String> shown) {
    for (int limit = 1; limit <= shown.size() + 1; limit++) {
      List<String> seen = new ArrayList<>();
      String cursor = "";
      int pages = 0;
      while (cursor != null) {
        JsonNode page = client.get(path + "?limit=" + limit + cursor).mustBe(200).json();
        page.get("items").forEach(item -> seen.add(item.get(field).asText()));
        pages++;
        assertThat(seen).hasSize(Math.min(pages * limit, shown.size()));
        JsonNode next = page.get("nextCursor");
        cursor = next.isNull() ? null : "&cursor=" + next.asText();
      }
      assertThat(seen).containsExactlyElementsOf(shown);
      assertThat(pages).isEqualTo((shown.size() + limit - 1) / limit);
    }
  }

  private static List<String> listed(PlatformClient client, String path, String field) {
    List<String> seen = new ArrayList<>();
    client
        .get(path + "?limit=200")
        .mustBe(200)
        .json()
        .get("items")
        .forEach(item -> seen.add(item.get(field).asText()));
    return seen;
  }

  private static PlatformClient admin() {
    return platform.clientOf("acme");
  }

  private static PlatformClient person(String subject, String scope) {
    return platform.personOf("acme", subject, scope);
  }

  private static String id(String path, String body) {
    return admin().post(path, body).mustBe(201).json().get("id").asText();
  }

  /** Somebody may not read some things of a type. */
  private static void policy(String subject, String type, String condition) {
    admin()
        .post(
            "/v1/policies",
            """
            {"id": "%1$s-rules", "rules": [{"id": "rule", "effect": "deny", "resourceType": "%2$s",
              "action": "read", "condition": "subject.id == '%1$s' && %3$s"}]}"""
                .formatted(subject, type, condition))
        .mustBe(201);
  }
}
