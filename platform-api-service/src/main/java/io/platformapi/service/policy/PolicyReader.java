package io.platformapi.service.policy;

import io.platformapi.service.persistence.InAdmin;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.policy.engine.PolicySet;
import io.platformapi.service.policy.engine.PolicySnapshot;
import io.platformapi.service.policy.engine.Rule;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Reads the policy of the platform and of its tenants from their databases. */
final class PolicyReader {
  private final InAdmin admin;
  private final InTenant inTenant;
  private final PolicySql policies;
  private final SchemaSql schemas;
  private final RoleSql roles = new RoleSql();
  private final AssignmentSql assignments = new AssignmentSql();
  private final PolicyVersionSql version = new PolicyVersionSql();
  private final PlatformPolicySql platform = new PlatformPolicySql();

  PolicyReader(InAdmin admin, InTenant inTenant, PolicySql policies, SchemaSql schemas) {
    this.admin = admin;
    this.inTenant = inTenant;
    this.policies = policies;
    this.schemas = schemas;
  }

  PolicySnapshot platform() {
    return PolicySnapshot.of(
        Vocabulary.OF_PLATFORM::attributesOf,
        PlatformTypes.LIMITS,
        admin.sql(platform::read),
        null,
        PolicySet.EMPTY);
  }

  TenantPolicy tenant(String tenantId) {
    PolicySet above = admin.sql(platform::read);
    return inTenant.sql(tenantId, connection -> tenant(connection, tenantId, above));
  }

  private TenantPolicy tenant(Connection connection, String tenantId, PolicySet above)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // All of it as it was at one moment.
      statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
    }
    List<Rule> rules =
        policies.all(connection).stream()
            .filter(PolicyDetails::enabled)
            .flatMap(policy -> policy.rules().stream().map(rule -> rule.compiled(policy.id())))
            .toList();
    return new TenantPolicy(
        tenantId,
        new Vocabulary(schemas.read(connection).schema()),
        above,
        new PolicySet(version.read(connection), rules, roles.links(connection)),
        assignments.bySubject(connection));
  }
}
