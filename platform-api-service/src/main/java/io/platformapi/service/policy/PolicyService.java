package io.platformapi.service.policy;

import io.platformapi.service.audit.AuditAction;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.RowFilter;
import io.platformapi.service.http.Cursor;
import io.platformapi.service.http.Page;
import io.platformapi.service.http.PageRequest;
import io.platformapi.service.http.Uuid7;
import io.platformapi.service.problem.ConflictException;
import io.platformapi.service.problem.FieldProblem;
import io.platformapi.service.problem.ResourceNotFoundException;
import io.platformapi.service.problem.ValidationException;
import jakarta.ws.rs.core.Response;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A tenant's policies: written one by one, decided by as one. */
final class PolicyService {
  static final String LIST = "policies";
  static final int MAX_POLICIES = 1000;
  static final int MAX_RULES = 10_000;

  private final PolicyStore store;
  private final PolicySql policies;
  private final SchemaSql schemas;
  private final RoleSql roles = new RoleSql();

  PolicyService(PolicyStore store, PolicySql policies, SchemaSql schemas) {
    this.store = store;
    this.policies = policies;
    this.schemas = schemas;
  }

  /** Those that the caller may see. */
  Page<PolicyDetails> list(Caller caller, PageRequest page) {
    RowFilter visible = caller.access().rows(PolicyViews.POLICY_COLUMNS);
    String after = page.after().map(cursor -> cursor.text(0)).orElse("");
    List<PolicyDetails> rows =
        store.read(
            caller.tenant(),
            connection -> policies.page(connection, visible, after, page.rowsToRead()));
    return Page.of(rows, page, policy -> Cursor.of(LIST, policy.id()));
  }

  /**
   * @throws ResourceNotFoundException also when the caller may not see it
   */
  PolicyDetails get(Caller caller, String id) {
    return store.read(caller.tenant(), connection -> find(connection, caller, id));
  }

  /**
   * @param answer makes the answer, which is stored for a repeated request
   * @throws ValidationException that names every broken rule
   * @throws ConflictException when the id is taken
   */
  Response create(PolicyChange change, NewPolicy wanted, Function<PolicyDetails, Response> answer) {
    String id = wanted != null && wanted.id() != null ? wanted.id() : Uuid7.next().toString();
    change.caller().access().checkWanted(PolicyViews.policy(id));
    return store.change(
        change,
        () -> {
          check(id, wanted);
          if (store.sql(connection -> policies.find(connection, id)).isPresent()) {
            throw new ConflictException("a policy with this id exists");
          }
          Instant now = store.now();
          PolicyDetails created = details(id, wanted, store.raise(), now, now);
          store.run(connection -> policies.insert(connection, created));
          record(change, AuditAction.POLICY_CREATED, created, Map.of("after", created));
          return answer.apply(created);
        });
  }

  /**
   * Puts a policy in the place of another; the same policy again changes nothing.
   *
   * @throws ValidationException that names every broken rule
   */
  Response replace(
      PolicyChange change, String id, NewPolicy wanted, Function<PolicyDetails, Response> answer) {
    return store.change(
        change,
        () -> {
          PolicyDetails before = present(change, id);
          if (wanted != null && wanted.id() != null && !wanted.id().equals(id)) {
            throw new ValidationException("id", "must be that of the path, or be left out");
          }
          check(id, wanted);
          Instant now = store.now();
          PolicyDetails same = details(id, wanted, before.version(), before.createdAt(), now);
          if (same.saysTheSameAs(before)) {
            return answer.apply(before);
          }
          PolicyDetails after = details(id, wanted, store.raise(), before.createdAt(), now);
          store.run(connection -> policies.update(connection, after));
          record(
              change, AuditAction.POLICY_UPDATED, after, Map.of("before", before, "after", after));
          return answer.apply(after);
        });
  }

  Response delete(PolicyChange change, String id) {
    return store.change(
        change,
        () -> {
          PolicyDetails before = present(change, id);
          long version = store.raise();
          store.run(connection -> policies.delete(connection, id));
          store.record(
              change,
              AuditAction.POLICY_DELETED,
              LIST + "/" + id,
              Map.of("before", before),
              new PolicyEvent(id, false, 0, version));
          return Response.noContent().build();
        });
  }

  private PolicyDetails present(PolicyChange change, String id) {
    PolicyDetails before = store.sql(connection -> find(connection, change.caller(), id));
    change.precondition().accept(before.version());
    return before;
  }

  private PolicyDetails find(Connection connection, Caller caller, String id) throws SQLException {
    PolicyDetails found =
        (PolicyRules.isId(id) ? policies.find(connection, id) : Optional.<PolicyDetails>empty())
            .orElseThrow(() -> new ResourceNotFoundException("policy"));
    caller.access().checkPresent("policy", PolicyViews.policy(id));
    return found;
  }

  private void check(String id, NewPolicy wanted) {
    if (wanted == null) {
      throw new ValidationException("rules", "is required");
    }
    List<FieldProblem> problems =
        store.sql(
            connection -> {
              PolicyRules rules =
                  new PolicyRules(
                      new Vocabulary(schemas.read(connection).schema()), roles.names(connection));
              rules.check("", id, wanted);
              return rules.problems().isEmpty()
                  ? tooMany(connection, id, wanted).stream().toList()
                  : rules.problems();
            });
    if (!problems.isEmpty()) {
      throw new ValidationException(problems);
    }
  }

  private Optional<FieldProblem> tooMany(Connection connection, String id, NewPolicy wanted)
      throws SQLException {
    List<PolicyDetails> others =
        policies.all(connection).stream().filter(policy -> !policy.id().equals(id)).toList();
    int ruleCount = others.stream().mapToInt(policy -> policy.rules().size()).sum();
    if (others.size() + 1 > MAX_POLICIES) {
      return Optional.of(
          new FieldProblem("id", "a tenant has at most " + MAX_POLICIES + " policies"));
    }
    return ruleCount + wanted.rules().size() > MAX_RULES
        ? Optional.of(new FieldProblem("rules", "a tenant has at most " + MAX_RULES + " rules"))
        : Optional.empty();
  }

  private void record(
      PolicyChange change, AuditAction action, PolicyDetails policy, Map<String, ?> details) {
    store.record(
        change,
        action,
        LIST + "/" + policy.id(),
        details,
        new PolicyEvent(policy.id(), policy.enabled(), policy.rules().size(), policy.version()));
  }

  private static PolicyDetails details(
      String id, NewPolicy wanted, long version, Instant createdAt, Instant updatedAt) {
    return new PolicyDetails(
        id,
        wanted.description() == null ? "" : wanted.description(),
        !Boolean.FALSE.equals(wanted.enabled()),
        wanted.rules().stream().map(RuleDefinition::complete).toList(),
        version,
        createdAt,
        updatedAt);
  }
}
