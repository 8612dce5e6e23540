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

  private static boolean allowed(Permission permission, Set<String> roles, Set<String> scopes) {
    String[] scope = permission.scope().split(":");
    return platform
        .decide(
            new AccessRequest(
                new AccessSubject("s", SubjectType.SERVICE, "acme", roles, scopes, Map.of()),
                scope[1],
                new AccessResource(scope[0], "r", "acme", Map.of()),
                new AccessEnvironment(Instant.now(), null, "request", "token", Map.of())))
        .allowed();
  }
}
