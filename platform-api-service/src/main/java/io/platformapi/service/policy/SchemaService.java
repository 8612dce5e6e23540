package io.platformapi.service.policy;

import io.platformapi.service.audit.AuditAction;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.problem.FieldProblem;
import io.platformapi.service.problem.ValidationException;
import jakarta.ws.rs.core.Response;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** What a tenant's rules may speak of: read and replaced as a whole. */
final class SchemaService {
  private static final int MAX_PROBLEMS = 100;

  private final PolicyStore store;
  private final PolicySql policies;
  private final SchemaSql schemas;
  private final RoleSql roles = new RoleSql();

  SchemaService(PolicyStore store, PolicySql policies, SchemaSql schemas) {
    this.store = store;
    this.policies = policies;
    this.schemas = schemas;
  }

  VersionedSchema get(Caller caller) {
    caller.access().checkPresent("schema", PolicyViews.SCHEMA);
    return store.read(caller.tenant(), schemas::read);
  }

  /**
   * Puts a schema in the place of the present one; the same again changes nothing.
   *
   * @param answer makes the answer, which is stored for a repeated request
   * @throws ValidationException that names every broken rule, of the schema itself or, when that is
   *     sound, of the policies that it would break
   */
  Response replace(
      PolicyChange change, PolicySchema given, Function<VersionedSchema, Response> answer) {
    change.caller().access().checkPresent("schema", PolicyViews.SCHEMA);
    PolicySchema wanted = given == null ? new PolicySchema(null, null, null) : given;
    refuse(SchemaRules.check(wanted));
    Vocabulary vocabulary = new Vocabulary(wanted);
    return store.change(
        change,
        () -> {
          VersionedSchema before = store.sql(schemas::read);
          change.precondition().accept(before.version());
          if (before.schema().equals(wanted)) {
            return answer.apply(before);
          }
          refuse(store.sql(connection -> broken(connection, vocabulary)));
          VersionedSchema after = new VersionedSchema(store.raise(), wanted);
          store.run(connection -> schemas.write(connection, after, store.now()));
          store.record(
              change,
              AuditAction.POLICY_SCHEMA_UPDATED,
              "policies/schema",
              Map.of("before", before, "after", after),
              new SchemaEvent(wanted.resources().size(), after.version()));
          return answer.apply(after);
        });
  }

  private List<FieldProblem> broken(Connection connection, Vocabulary vocabulary)
      throws SQLException {
    Set<String> names = roles.names(connection);
    PolicyRules rules = new PolicyRules(vocabulary, names);
    for (PolicyDetails policy : policies.all(connection)) {
      rules.rules("policies[" + policy.id() + "].rules", policy.rules());
    }
    return rules.problems().stream().limit(MAX_PROBLEMS).toList();
  }

  private static void refuse(List<FieldProblem> problems) {
    if (!problems.isEmpty()) {
      throw new ValidationException(problems);
    }
  }
}
