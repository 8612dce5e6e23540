package io.platformapi.service.policy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The rows of {@code role_assignments}, on a connection in a transaction. */
final class AssignmentSql {
  private static final UUID FIRST = new UUID(0, 0);

  private static final String PAGE =
      """
      SELECT id, role, subject_type, subject_id, created_at FROM role_assignments
      WHERE role = ? AND id > ? ORDER BY id LIMIT ?
      """;
  private static final String FIND =
      """
      SELECT id, role, subject_type, subject_id, created_at FROM role_assignments
      WHERE role = ? AND id = ?
      """;
  private static final String ALL = "SELECT subject_type, subject_id, role FROM role_assignments";
  private static final String COUNT = "SELECT count(*) FROM role_assignments";
  private static final String OF_ROLE =
      "SELECT EXISTS (SELECT FROM role_assignments WHERE role = ?)";
  private static final String INSERT =
      """
      INSERT INTO role_assignments (id, role, subject_type, subject_id, created_at)
      VALUES (?, ?, ?, ?, ?) ON CONFLICT ON CONSTRAINT role_assignments_once DO NOTHING
      """;
  private static final String DELETE = "DELETE FROM role_assignments WHERE id = ?";

  /** Of one role in order of id, after one, or from the beginning when it is null. */
  List<RoleAssignment> page(Connection connection, String role, UUID after, int limit)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(PAGE)) {
      statement.setString(1, role);
      statement.setObject(2, after == null ? FIRST : after);
      statement.setInt(3, limit);
      try (ResultSet rows = statement.executeQuery()) {
        List<RoleAssignment> assignments = new ArrayList<>();
        while (rows.next()) {
          assignments.add(assignment(rows));
        }
        return assignments;
      }
    }
  }

  Optional<RoleAssignment> find(Connection connection, String role, UUID id) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(FIND)) {
      statement.setString(1, role);
      statement.setObject(2, id);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(assignment(row)) : Optional.empty();
      }
    }
  }

  /** The roles of each subject that has some. */
  Map<SubjectRef, Set<String>> bySubject(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(ALL);
        ResultSet rows = statement.executeQuery()) {
      Map<SubjectRef, Set<String>> roles = new HashMap<>();
      while (rows.next()) {
        roles
            .computeIfAbsent(
                new SubjectRef(rows.getString(1), rows.getString(2)), subject -> new HashSet<>())
            .add(rows.getString(3));
      }
      return roles;
    }
  }

  long count(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(COUNT);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  boolean anyOf(Connection connection, String role) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(OF_ROLE)) {
      statement.setString(1, role);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }

  /** Whether the subject did not have the role before. */
  boolean insert(Connection connection, RoleAssignment assignment) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
      statement.setObject(1, assignment.id());
      statement.setString(2, assignment.role());
      statement.setString(3, assignment.subject().type());
      statement.setString(4, assignment.subject().id());
      statement.setTimestamp(5, Timestamp.from(assignment.createdAt()));
      return statement.executeUpdate() == 1;
    }
  }

  void delete(Connection connection, UUID id) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(DELETE)) {
      statement.setObject(1, id);
      statement.executeUpdate();
    }
  }

  private static RoleAssignment assignment(ResultSet row) throws SQLException {
    return new RoleAssignment(
        row.getObject(1, UUID.class),
        row.getString(2),
        new SubjectRef(row.getString(3), row.getString(4)),
        row.getTimestamp(5).toInstant());
  }
}
