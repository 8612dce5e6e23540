package io.platformapi.service.policy;

import io.platformapi.service.audit.AuditAction;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.RowFilter;
import io.platformapi.service.http.Cursor;
import io.platformapi.service.http.Page;
import io.platformapi.service.http.PageRequest;
import io.platformapi.service.policy.condition.AttributeSchema;
import io.platformapi.service.policy.engine.Layer;
import io.platformapi.service.policy.engine.RoleInheritance;
import io.platformapi.service.policy.engine.RuleCheck;
import io.platformapi.service.problem.ConflictException;
import io.platformapi.service.problem.FieldProblem;
import io.platformapi.service.problem.ResourceNotFoundException;
import io.platformapi.service.problem.ValidationException;
import jakarta.ws.rs.core.Response;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A tenant's roles and which inherits which. */
final class RoleService {
  static final String LIST = "roles";
  static final int MAX_ROLES = 1000;
  static final int MAX_PARENTS = 32;

  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9._-]{0,62}");
  private static final String NAME_RULE =
      "must be 1 to 63 letters, digits, '.', '_' or '-', beginning with a letter";

  private static final RuleCheck LINKS =
      new RuleCheck(AttributeSchema.builtIn(), PlatformTypes.LIMITS);

  private final PolicyStore store;
  private final PolicySql policies;
  private final KnownSubjects subjects;
  private final RoleSql roles = new RoleSql();
  private final AssignmentSql assignments = new AssignmentSql();

  /**
   * @param subjects who else may have a role
   */
  RoleService(PolicyStore store, PolicySql policies, KnownSubjects subjects) {
    this.store = store;
    this.policies = policies;
    this.subjects = subjects;
  }

  /** Those that the caller may see. */
  Page<RoleDetails> list(Caller caller, PageRequest page) {
    RowFilter visible = caller.access().rows(PolicyViews.ROLE_COLUMNS);
    String after = page.after().map(cursor -> cursor.text(0)).orElse("");
    List<RoleDetails> rows =
        store.read(
            caller.tenant(),
            connection -> roles.page(connection, visible, after, page.rowsToRead()));
    return Page.of(rows, page, role -> Cursor.of(LIST, role.name()));
  }

  /**
   * @throws ResourceNotFoundException also when the caller may not see it
   */
  RoleDetails get(Caller caller, String name) {
    return store.read(caller.tenant(), connection -> find(connection, caller, name));
  }

  /** Those of the names that no role has; joins a transaction on the tenant's database. */
  Set<String> unknown(String tenantId, Collection<String> names) {
    Set<String> unknown = new TreeSet<>(names);
    unknown.removeAll(store.read(tenantId, roles::names));
    return unknown;
  }

  /**
   * @param answer makes the answer, which is stored for a repeated request
   * @throws ValidationException that names every broken rule, such as a circle
   * @throws ConflictException when the name is taken
   */
  Response create(PolicyChange change, NewRole wanted, Function<RoleDetails, Response> answer) {
    String name = wanted == null ? null : wanted.name();
    change.caller().access().checkWanted(PolicyViews.role(name));
    return store.change(
        change,
        () -> {
          check(name, wanted);
          if (store.sql(connection -> roles.find(connection, name)).isPresent()) {
            throw new ConflictException("a role with this name exists");
          }
          Instant now = store.now();
          RoleDetails created = details(name, wanted, store.raise(), now, now);
          store.run(connection -> roles.insert(connection, created));
          record(change, AuditAction.ROLE_CREATED, created, Map.of("after", created));
          return answer.apply(created);
        });
  }

  /**
   * Puts a role in the place of another; the same role again changes nothing.
   *
   * @throws ValidationException that names every broken rule, such as a circle
   * @throws ConflictException for a built-in role
   */
  Response replace(
      PolicyChange change, String name, NewRole wanted, Function<RoleDetails, Response> answer) {
    return store.change(
        change,
        () -> {
          RoleDetails before = changeable(change, name);
          if (wanted != null && wanted.name() != null && !wanted.name().equals(name)) {
            throw new ValidationException("name", "must be that of the path, or be left out");
          }
          check(name, wanted);
          Instant now = store.now();
          RoleDetails same = details(name, wanted, before.version(), before.createdAt(), now);
          if (same.saysTheSameAs(before)) {
            return answer.apply(before);
          }
          RoleDetails after = details(name, wanted, store.raise(), before.createdAt(), now);
          store.run(connection -> roles.update(connection, after));
          record(change, AuditAction.ROLE_UPDATED, after, Map.of("before", before, "after", after));
          return answer.apply(after);
        });
  }

  /**
   * @throws ConflictException for a built-in role, and for one that somebody has, that another
   *     inherits or that a rule names
   */
  Response delete(PolicyChange change, String name) {
    return store.change(
        change,
        () -> {
          RoleDetails before = changeable(change, name);
          store
              .sql(connection -> use(connection, change.tenant(), name))
              .ifPresent(
                  use -> {
                    throw new ConflictException(use);
                  });
          long version = store.raise();
          store.run(connection -> roles.delete(connection, name));
          store.record(
              change,
              AuditAction.ROLE_DELETED,
              LIST + "/" + name,
              Map.of("before", before),
              new RoleEvent(name, List.of(), version));
          return Response.noContent().build();
        });
  }

  private RoleDetails changeable(PolicyChange change, String name) {
    RoleDetails before = store.sql(connection -> find(connection, change.caller(), name));
    change.precondition().accept(before.version());
    if (before.builtIn()) {
      throw new ConflictException("a built-in role stays as it is");
    }
    return before;
  }

  private RoleDetails find(Connection connection, Caller caller, String name) throws SQLException {
    RoleDetails found =
        (isName(name) ? roles.find(connection, name) : Optional.<RoleDetails>empty())
            .orElseThrow(() -> new ResourceNotFoundException("role"));
    caller.access().checkPresent("role", PolicyViews.role(name));
    return found;
  }

  private Optional<String> use(Connection connection, String tenantId, String name)
      throws SQLException {
    // Users get roles without the lock of the policy: before, and it shows here, or after.
    roles.lock(connection, name);
    if (assignments.anyOf(connection, name) || subjects.anyHas(tenantId, name)) {
      return Optional.of("somebody has the role");
    }
    if (roles.links(connection).stream().anyMatch(link -> link.inherits().equals(name))) {
      return Optional.of("another role inherits the role");
    }
    return policies.all(connection).stream()
            .flatMap(policy -> policy.rules().stream())
            .anyMatch(rule -> rule.role().equals(name))
        ? Optional.of("a rule names the role")
        : Optional.empty();
  }

  private void check(String name, NewRole wanted) {
    List<FieldProblem> problems = new ArrayList<>();
    if (!isName(name)) {
      problems.add(new FieldProblem("name", NAME_RULE));
    }
    String description = wanted == null ? null : wanted.description();
    if (description != null
        && (description.length() > PolicyRules.MAX_DESCRIPTION || description.indexOf('\0') >= 0)) {
      problems.add(
          new FieldProblem(
              "description",
              "must have at most " + PolicyRules.MAX_DESCRIPTION + " characters, none NUL"));
    }
    List<String> parents =
        wanted == null || wanted.parents() == null ? List.of() : wanted.parents();
    if (parents.size() > MAX_PARENTS) {
      problems.add(new FieldProblem("parents", "must not have more than " + MAX_PARENTS));
    } else {
      problems.addAll(store.sql(connection -> checkParents(connection, name, parents)));
    }
    if (!problems.isEmpty()) {
      throw new ValidationException(problems);
    }
  }

  private List<FieldProblem> checkParents(Connection connection, String name, List<String> parents)
      throws SQLException {
    List<FieldProblem> problems = new ArrayList<>();
    Set<String> known = roles.names(connection);
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < parents.size(); i++) {
      String at = "parents[" + i + "]";
      String parent = parents.get(i);
      if (parent == null || parent.equals(name) || !known.contains(parent)) {
        problems.add(new FieldProblem(at, "must be another role of the tenant"));
      } else if (!seen.add(parent)) {
        problems.add(new FieldProblem(at, "is named twice"));
      }
    }
    if (!isName(name)) {
      return problems;
    }
    if (problems.isEmpty()) {
      List<RoleInheritance> links =
          Stream.concat(
                  roles.links(connection).stream().filter(link -> !link.role().equals(name)),
                  parents.stream().map(parent -> new RoleInheritance(name, parent)))
              .toList();
      LINKS
          .checkRoles(Layer.TENANT, links, List.of())
          .forEach(wrong -> problems.add(new FieldProblem("parents", wrong.message())));
    }
    if (!known.contains(name) && known.size() >= MAX_ROLES) {
      problems.add(new FieldProblem("name", "a tenant has at most " + MAX_ROLES + " roles"));
    }
    return problems;
  }

  static boolean isName(String text) {
    return text != null && NAME.matcher(text).matches();
  }

  private void record(
      PolicyChange change, AuditAction action, RoleDetails role, Map<String, ?> details) {
    store.record(
        change,
        action,
        LIST + "/" + role.name(),
        details,
        new RoleEvent(role.name(), role.parents(), role.version()));
  }

  private static RoleDetails details(
      String name, NewRole wanted, long version, Instant createdAt, Instant updatedAt) {
    return new RoleDetails(
        name,
        wanted == null || wanted.description() == null ? "" : wanted.description(),
        wanted == null || wanted.parents() == null
            ? List.of()
            : List.copyOf(new TreeSet<>(wanted.parents())),
        false,
        version,
        createdAt,
        updatedAt);
  }
}
