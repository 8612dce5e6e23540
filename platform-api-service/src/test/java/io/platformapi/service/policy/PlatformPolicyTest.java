package io.platformapi.service.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.persistence.ConnectionSettings;
import io.platformapi.service.policy.engine.AccessEnvironment;
import io.platformapi.service.policy.engine.AccessRequest;
import io.platformapi.service.policy.engine.AccessResource;
import io.platformapi.service.policy.engine.AccessSubject;
import io.platformapi.service.policy.engine.PolicySnapshot;
import io.platformapi.service.policy.engine.SubjectType;
import io.platformapi.service.testing.TestDatabases;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The platform's own rules, as the migrations write them. */
class PlatformPolicyTest {
  private static TestDatabases node;
  private static PolicyReader reader;
  private static PolicySnapshot platform;

  @BeforeAll
  static void start() {
    node =
        TestDatabases.create(
            new ConnectionSettings(
                4,
                2,
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5)),
            List.of(),
            List.of());
    ObjectMapper mapper = new ObjectMapper();
    reader =
        new PolicyReader(node.inAdmin, node.inTenant, new PolicySql(mapper), new SchemaSql(mapper));
    platform = reader.platform();
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void everyRuleCanBeRead() {
    assertThat(platform.problems()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("withScope")
  void aScopeAllowsWhatItNamesAndNothingElse(Permission permission) {
    for (Permission other : withScope().toList()) {
      assertThat(allowed(other, Set.of(), Set.of(permission.scope())))
          .as(permission + " for " + other)
          .isEqualTo(other == permission);
    }
  }

  @ParameterizedTest
  @MethodSource("withScope")
  void aCredentialWithoutTheScopeIsHeldToItsScopesUnlessItMayUseRoles(Permission permission) {
    Set<String> admin = Set.of("admin");
    assertThat(allowed(permission, admin, Set.of())).isFalse();
    assertThat(allowed(permission, admin, Set.of("platform:roles")))
        .isEqualTo(permission.tenantScoped());
    assertThat(allowed(permission, Set.of("viewer"), Set.of("platform:roles")))
        .isEqualTo(permission.tenantScoped() && permission.scope().endsWith(":read"));
    assertThat(allowed(permission, Set.of(), Set.of("platform:roles"))).isFalse();
  }

  @Test
  void everyPermissionHasItsRules() {
    List<String> rules =
        List.of(
            TestDatabases.single(
                    node.adminName, "SELECT string_agg(id, ' ') FROM platform_policies")
                .split(" "));
    for (Permission permission : withScope().toList()) {
      String name = permission.resourceType() + "-" + permission.action();
      assertThat(rules).contains("scope-" + name, "ceiling-" + name);
      if (permission.tenantScoped()) {
        assertThat(rules).contains("admin-" + permission.resourceType());
      }
    }
  }

  @Test
  void aTenantSeesItselfAmongTheTenantsAndMakesNone() {
    Set<String> scopes = Set.of("tenants:read", "tenants:write");
    assertThat(allowed(Permission.TENANTS_READ, "acme", "acme", Set.of(), scopes)).isTrue();
    assertThat(allowed(Permission.TENANTS_READ, "acme", "globex", Set.of(), scopes)).isFalse();
    assertThat(allowed(Permission.TENANTS_READ, null, "acme", Set.of(), scopes)).isFalse();
    assertThat(allowed(Permission.TENANTS_WRITE, "acme", "new", Set.of(), scopes)).isFalse();
    assertThat(allowed(Permission.TENANTS_WRITE, null, "new", Set.of(), scopes)).isTrue();
    Set<String> delegate = Set.of("tenants:read", "tenants:write", "platform:delegate");
    assertThat(allowed(Permission.TENANTS_READ, "acme", "globex", Set.of(), delegate)).isTrue();
    assertThat(allowed(Permission.TENANTS_WRITE, "acme", "new", Set.of(), delegate)).isTrue();
  }

  @Test
  void everyChangeOfThePlatformsRulesIsANewVersionAndToldToEveryNode() {
    long before = reader.platform().version().platform();
    TestDatabases.execute(
        node.adminName, "UPDATE platform_policies SET description = '' WHERE id = 'admin-quotas'");
    assertThat(reader.platform().version().platform()).isEqualTo(before + 1);
    assertThat(
            TestDatabases.single(
                node.adminName, "SELECT key FROM changes WHERE kind = 'policy' ORDER BY id DESC"))
        .isEqualTo("*");
  }

  private static Stream<Permission> withScope() {
    return Arrays.stream(Permission.values()).filter(permission -> permission.scope() != null);
  }

  /** Of a tenant's subject about its tenant's resources, of the platform's about its own. */
  private static boolean allowed(Permission permission, Set<String> roles, Set<String> scopes) {
    Set<String> held = new HashSet<>(scopes);
    if (!permission.tenantScoped()) {
      held.add(Permission.DELEGATION);
    }
    String tenant = permission.tenantScoped() ? "acme" : null;
    return allowed(permission, tenant, "r", roles, held);
  }

  private static boolean allowed(
      Permission permission, String tenant, String id, Set<String> roles, Set<String> scopes) {
    return platform
        .decide(
            new AccessRequest(
                new AccessSubject("s", SubjectType.SERVICE, tenant, roles, scopes, Map.of()),
                permission.action(),
                new AccessResource(
                    permission.resourceType(),
                    id,
                    permission.tenantScoped() ? tenant : null,
                    Map.of()),
                new AccessEnvironment(Instant.now(), null, "request", "token", Map.of())))
        .allowed();
  }
}
