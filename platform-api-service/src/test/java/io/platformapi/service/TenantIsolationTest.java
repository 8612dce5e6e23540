package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.testing.ApiKeys;
import io.platformapi.service.testing.Endpoint;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.RealServers;
import io.platformapi.service.testing.TenantSql;
import io.platformapi.service.testing.TenantThings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every endpoint with every kind of caller that it is not for: what is answered, that each refusal
 * is in the audit log, and that nothing of a tenant is shown to or changed by another.
 */
class TenantIsolationTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static PlatformUnderTest platform;
  private static TenantSql sql;
  private static List<Endpoint> guarded;

  /** Of the tenant that is not to be touched. */
  private static TenantThings own;

  private static TenantThings suspended;
  private static Map<String, String> before;

  @BeforeAll
  static void start() throws Exception {
    platform = PlatformUnderTest.start();
    sql = new TenantSql(platform.settings());
    guarded = Endpoint.of(platform).stream().filter(Endpoint::guarded).toList();
    own = TenantThings.make(platform, "own-tenant");
    before = own.seen(platform);
    suspended = TenantThings.make(platform, "suspended-tenant");
    sql.admin("UPDATE tenants SET state = 'suspended' WHERE id = 'suspended-tenant'");
    // Every creation has the directory read anew.
    platform.createTenant("other-tenant");
    await("the suspension to be known")
        .atMost(Duration.ofSeconds(20))
        .until(() -> platform.clientOf("suspended-tenant").get("/v1/quotas").status() == 403);
  }

  @AfterEach
  void nothingOfTheTenantHasChanged() {
    assertThat(own.seen(platform)).isEqualTo(before);
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  @Test
  void withoutATokenNothingIsAnsweredThatIsNotOpen() {
    for (Endpoint endpoint : Endpoint.of(platform)) {
      Answer answer = endpoint.call(platform.anybody(), own);
      if (endpoint.open()) {
        // These two ask for a credential in the body, and the one that is given is none.
        boolean credential =
            List.of("POST /v1/auth/callback", "POST /v1/auth/refresh")
                .contains(endpoint.toString());
        assertThat(answer.status()).as(endpoint.toString()).isEqualTo(credential ? 401 : 200);
      } else {
        refused(endpoint, answer, 401, "unauthenticated", "no_credential", null);
      }
      showsNothing(endpoint, answer);
    }
  }

  @Test
  void anotherTenantsTokenSeesNothingOfATenant() {
    for (Endpoint endpoint : guarded) {
      // A token of its own for each, since one endpoint ends it.
      PlatformClient other = platform.clientOf("other-tenant");
      misplaced(endpoint, other, "other-tenant");
      Answer answer = endpoint.call(other, own);
      if (ofThePlatform(endpoint)) {
        refused(endpoint, answer, 403, "forbidden", "denied_by_policy", "other-tenant");
      } else {
        answersOf(endpoint, answer);
      }
      showsNothing(endpoint, answer);
    }
  }

  @Test
  void anotherTenantsKeySeesNothingOfATenant() {
    JsonNode made =
        ApiKeys.create(platform.clientOf("other-tenant"), scopesOfTenants()).mustBe(201).json();
    PlatformClient other = platform.client(ApiKeys.secret(made));
    for (Endpoint endpoint : guarded) {
      misplaced(endpoint, other, "other-tenant");
      Answer answer = endpoint.call(other, own);
      if (endpoint.toString().equals("POST /v1/auth/logout")) {
        refused(endpoint, answer, 403, "forbidden", "no_session", "other-tenant");
      } else if (endpoint.permission().tenantScoped() || endpoint.permission().scope() == null) {
        answersOf(endpoint, answer);
      } else {
        refused(endpoint, answer, 403, "forbidden", "missing_scope", "other-tenant");
      }
      showsNothing(endpoint, answer);
    }
  }

  @Test
  void aServiceOfThePlatformThatMayNotActForTenantsSeesNothingOfOne() {
    PlatformClient service =
        platform.client(
            RealServers.issuer()
                .resourceToken(
                    "service", PlatformUnderTest.ALL_SCOPES.replace(" platform:delegate", "")));
    for (Endpoint endpoint : guarded) {
      misplaced(endpoint, service, null);
      if (endpoint.permission().tenantScoped()) {
        Answer answer = endpoint.call(service, own);
        refused(endpoint, answer, 403, "forbidden", "no_tenant", null);
        showsNothing(endpoint, answer);
      } else if (endpoint.permission() == Permission.TENANTS_READ) {
        Answer answer = endpoint.call(service, own);
        refused(endpoint, answer, 403, "forbidden", "denied_by_policy", null);
        showsNothing(endpoint, answer);
      }
    }
  }

  @Test
  void aSuspendedTenantsCredentialsGetNothing() {
    for (Endpoint endpoint : guarded) {
      PlatformClient client = platform.clientOf("suspended-tenant");
      refused(
          endpoint,
          endpoint.call(client, suspended),
          403,
          "tenant_suspended",
          "tenant_suspended",
          "suspended-tenant");
    }
  }

  @Test
  void theRightTenantWithoutTheScopeGetsNothing() {
    for (Endpoint endpoint : guarded) {
      String needed = endpoint.permission().scope();
      if (needed == null) {
        continue;
      }
      String others =
          Stream.of(PlatformUnderTest.ALL_SCOPES.split(" "))
              .filter(scope -> !scope.equals(needed))
              .collect(Collectors.joining(" "));
      String token = RealServers.issuer().organizationToken("m2m", "org_own-tenant", others);
      Answer answer = endpoint.call(platform.client(token), own);
      JsonNode row = refused(endpoint, answer, 403, "forbidden", "missing_scope", "own-tenant");
      assertThat(row.get("rule").asText())
          .as(endpoint.toString())
          .isEqualTo("platform:ceiling-" + needed.replace(':', '-'));
      showsNothing(endpoint, answer);
    }
  }

  @Test
  void whomARuleOfTheTenantDeniesGetsNothingOfItWhateverTheScopes() {
    TenantThings things = TenantThings.make(platform, "strict-tenant");
    platform
        .clientOf("strict-tenant")
        .post(
            "/v1/policies",
            """
            {"id": "banned", "rules": [{"id": "all", "effect": "deny", "resourceType": "*",
              "action": "*", "condition": "subject.id == 'banned'"}]}""")
        .mustBe(201);
    Map<String, String> untouched = things.seen(platform);
    for (Endpoint endpoint : guarded) {
      PlatformClient banned = person("strict-tenant", "banned", PlatformUnderTest.ALL_SCOPES);
      Answer answer = endpoint.call(banned, things);
      if (endpoint.permission().tenantScoped()) {
        JsonNode row =
            refused(endpoint, answer, 403, "forbidden", "denied_by_policy", "strict-tenant");
        assertThat(row.get("rule").asText()).isEqualTo("tenant:banned/all");
        assertThat(row.get("actor").asText()).isEqualTo("banned");
        assertThat(answer.body()).doesNotContain("strict-tenant");
      } else if (ofThePlatform(endpoint)) {
        refused(endpoint, answer, 403, "forbidden", "denied_by_policy", "strict-tenant");
      } else {
        // What is the platform's, and the own session, no tenant denies.
        assertThat(answer.status()).as(endpoint + ": " + answer.body()).isEqualTo(200);
      }
      showsNothing(endpoint, answer);
    }
    assertThat(things.seen(platform)).isEqualTo(untouched);
  }

  @Test
  void aRoleReachesWhatItIsForAndOnlyWhereTheCredentialMayUseRoles() {
    walkAs("viewer", permission -> permission.action().equals("read"));
    walkAs("admin", permission -> true);
  }

  /**
   * @param reaches which permissions for what belongs to a tenant the role has
   */
  private static void walkAs(String role, Predicate<Permission> reaches) {
    String tenant = role + "-tenant";
    TenantThings things = TenantThings.make(platform, tenant);
    platform
        .clientOf(tenant)
        .post("/v1/users", "{\"subject\":\"holder\",\"roles\":[\"" + role + "\"]}")
        .mustBe(201);
    Map<String, String> untouched = things.seen(platform);
    List<Endpoint> scoped =
        guarded.stream().filter(endpoint -> endpoint.permission().scope() != null).toList();
    for (Endpoint endpoint : scoped) {
      Answer answer = endpoint.call(person(tenant, "holder", ""), things);
      refused(endpoint, answer, 403, "forbidden", "missing_scope", tenant);
      assertThat(answer.body()).as(endpoint.toString()).doesNotContain(tenant);
    }
    assertThat(things.seen(platform)).isEqualTo(untouched);
    int reached = 0;
    for (Endpoint endpoint : scoped) {
      Answer answer = endpoint.call(person(tenant, "holder", Permission.ROLES), own);
      Permission permission = endpoint.permission();
      if (!permission.tenantScoped() || !reaches.test(permission)) {
        refused(endpoint, answer, 403, "forbidden", "missing_scope", tenant);
      } else if (endpoint.toString().equals("POST /v1/api-keys")) {
        // A key has scopes, which a role does not give.
        refused(endpoint, answer, 403, "forbidden", "scope_not_own", tenant);
      } else {
        answersOf(endpoint, answer);
        reached++;
      }
      showsNothing(endpoint, answer);
    }
    assertThat(reached).isGreaterThan(10);
  }

  /** What nobody reaches who acts for a tenant. */
  private static boolean ofThePlatform(Endpoint endpoint) {
    return Set.of(
            "POST /v1/tenants",
            "PATCH /v1/tenants/{id}",
            "GET /v1/platform/defaults",
            "PUT /v1/platform/defaults")
        .contains(endpoint.toString());
  }

  private static PlatformClient person(String tenant, String subject, String scope) {
    return platform.personOf(tenant, subject, scope);
  }

  private static String scopesOfTenants() {
    Set<String> all = Set.of(PlatformUnderTest.ALL_SCOPES.split(" "));
    return Stream.of(Permission.values())
        .filter(permission -> permission.tenantScoped() && all.contains(permission.scope()))
        .map(Permission::scope)
        .collect(Collectors.joining(" "));
  }

  /** Names another tenant than the credential's. */
  private static void misplaced(Endpoint endpoint, PlatformClient client, String tenant) {
    Answer answer = endpoint.call(client.forTenant("own-tenant"), own);
    JsonNode row = refused(endpoint, answer, 403, "forbidden", "tenant_mismatch", tenant);
    assertThat(row.get("askedTenant").asText()).isEqualTo("own-tenant");
    showsNothing(endpoint, answer);
  }

  /** What a tenant gets that asks for the things of another: its own, or that there is none. */
  private static void answersOf(Endpoint endpoint, Answer answer) {
    assertThat(answer.status())
        .as(endpoint + ": " + answer.body())
        .isIn(endpoint.ofOne() ? Set.of(404) : Set.of(200, 201));
  }

  private static void showsNothing(Endpoint endpoint, Answer answer) {
    assertThat(answer.body()).as(endpoint.toString()).doesNotContain(own.marks());
  }

  /**
   * @param tenant in whose name the credential was shown, or null
   * @return details of the refusal in the audit log, with its actor
   */
  private static JsonNode refused(
      Endpoint endpoint, Answer answer, int status, String code, String reason, String tenant) {
    assertThat(answer.status()).as(endpoint + ": " + answer.body()).isEqualTo(status);
    assertThat(answer.errorCode()).as(endpoint.toString()).isEqualTo(code);
    String id = answer.header("X-Request-Id");
    assertThat(answer.json().at("/error/requestId").asText()).isEqualTo(id);
    List<String> rows =
        sql.admin(
            """
            SELECT details || jsonb_build_object('tenant', tenant_id, 'actor', actor, 'target', target)
            FROM audit_events WHERE action = 'access.refused' AND request_id = '%s'"""
                .formatted(id));
    assertThat(rows).as("audited: " + endpoint).hasSize(1);
    try {
      JsonNode row = JSON.readTree(rows.get(0));
      assertThat(row.get("reason").asText()).as(endpoint.toString()).isEqualTo(reason);
      assertThat(row.get("tenant").asText(null)).as(endpoint.toString()).isEqualTo(tenant);
      assertThat(row.get("target").asText()).startsWith(endpoint.method() + " ");
      return row;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
