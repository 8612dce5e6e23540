package io.platformapi.service.policy;

import io.platformapi.service.audit.AuditAction;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.http.Cursor;
import io.platformapi.service.http.Page;
import io.platformapi.service.http.PageRequest;
import io.platformapi.service.http.Uuid7;
import io.platformapi.service.policy.engine.SubjectType;
import io.platformapi.service.problem.ConflictException;
import io.platformapi.service.problem.FieldProblem;
import io.platformapi.service.problem.ResourceNotFoundException;
import io.platformapi.service.problem.ValidationException;
import jakarta.ws.rs.core.Response;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** Which services and API keys have which role; a user's roles are a part of the user. */
final class AssignmentService {
  static final String LIST = "assignments";
  static final int MAX_ASSIGNMENTS = 10_000;
  static final int MAX_ID = 256;

  private final PolicyStore store;
  private final RoleSql roles = new RoleSql();
  private final AssignmentSql assignments = new AssignmentSql();

  AssignmentService(PolicyStore store) {
    this.store = store;
  }

  Page<RoleAssignment> list(Caller caller, String role, PageRequest page) {
    UUID after = page.after().map(cursor -> cursor.uuid(0)).orElse(null);
    List<RoleAssignment> rows =
        store.read(
            caller.tenant(),
            connection -> {
              mustExist(connection, caller, role);
              return assignments.page(connection, role, after, page.rowsToRead());
            });
    return Page.of(rows, page, assignment -> Cursor.of(LIST, assignment.id()));
  }

  /**
   * @param answer makes the answer, which is stored for a repeated request
   * @throws ValidationException that names every broken rule
   * @throws ConflictException when the subject has the role already
   */
  Response assign(
      PolicyChange change,
      String role,
      NewAssignment wanted,
      Function<RoleAssignment, Response> answer) {
    SubjectRef subject = checked(wanted);
    return store.change(
        change,
        () -> {
          RoleAssignment made = new RoleAssignment(Uuid7.next(), role, subject, store.now());
          boolean fresh = store.sql(connection -> insert(connection, change.caller(), made));
          if (!fresh) {
            throw new ConflictException("the subject has the role already");
          }
          record(change, AuditAction.ROLE_ASSIGNED, made);
          return answer.apply(made);
        });
  }

  Response unassign(PolicyChange change, String role, String id) {
    return store.change(
        change,
        () -> {
          RoleAssignment before =
              store.sql(
                  connection -> {
                    mustExist(connection, change.caller(), role);
                    UUID known = uuid(id).orElseThrow(AssignmentService::notFound);
                    return assignments
                        .find(connection, role, known)
                        .orElseThrow(AssignmentService::notFound);
                  });
          store.run(connection -> assignments.delete(connection, before.id()));
          record(change, AuditAction.ROLE_UNASSIGNED, before);
          return Response.noContent().build();
        });
  }

  private boolean insert(Connection connection, Caller caller, RoleAssignment assignment)
      throws SQLException {
    mustExist(connection, caller, assignment.role());
    if (assignments.count(connection) >= MAX_ASSIGNMENTS) {
      throw new ValidationException(
          "subject", "a tenant has at most " + MAX_ASSIGNMENTS + " assignments");
    }
    return assignments.insert(connection, assignment);
  }

  /** Who may change a role may give it. */
  private void mustExist(Connection connection, Caller caller, String role) throws SQLException {
    if (!RoleService.isName(role) || roles.find(connection, role).isEmpty()) {
      throw new ResourceNotFoundException("role");
    }
    caller.access().checkPresent("role", PolicyViews.role(role));
  }

  private void record(PolicyChange change, AuditAction action, RoleAssignment assignment) {
    store.record(
        change,
        action,
        "roles/" + assignment.role() + "/assignments/" + assignment.id(),
        Map.of("role", assignment.role(), "subject", assignment.subject()),
        new AssignmentEvent(assignment.role(), assignment.subject(), store.raise()));
  }

  private static SubjectRef checked(NewAssignment wanted) {
    SubjectRef subject = wanted == null ? null : wanted.subject();
    if (subject == null) {
      throw new ValidationException("subject", "is required");
    }
    List<FieldProblem> problems = new ArrayList<>();
    if (SubjectType.USER.text().equals(subject.type())) {
      problems.add(new FieldProblem("subject.type", "a user's roles are set on the user"));
    } else if (!SubjectType.SERVICE.text().equals(subject.type())
        && !SubjectType.API_KEY.text().equals(subject.type())) {
      problems.add(new FieldProblem("subject.type", "must be one of service, api_key"));
    }
    if (subject.id() == null
        || subject.id().isBlank()
        || subject.id().length() > MAX_ID
        || subject.id().chars().anyMatch(Character::isISOControl)) {
      problems.add(
          new FieldProblem(
              "subject.id", "must have 1 to " + MAX_ID + " characters, none a control character"));
    }
    if (!problems.isEmpty()) {
      throw new ValidationException(problems);
    }
    return subject;
  }

  private static Optional<UUID> uuid(String text) {
    try {
      return Optional.of(UUID.fromString(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static ResourceNotFoundException notFound() {
    return new ResourceNotFoundException("assignment");
  }
}
