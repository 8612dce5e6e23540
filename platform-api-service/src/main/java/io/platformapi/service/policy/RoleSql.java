package io.platformapi.service.policy;

import io.platformapi.service.auth.RowFilter;
import io.platformapi.service.policy.engine.RoleInheritance;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** The rows of {@code roles} and {@code role_parents}, on a connection in a transaction. */
final class RoleSql {
  private static final String PAGE =
      """
      SELECT r.name, r.description, r.built_in, r.version, r.created_at, r.updated_at,
        ARRAY(SELECT p.parent FROM role_parents p WHERE p.role = r.name ORDER BY p.parent)
      FROM roles r WHERE r.name > ? AND (%s) ORDER BY r.name LIMIT ?
      """;
  private static final String FIND =
      """
      SELECT r.name, r.description, r.built_in, r.version, r.created_at, r.updated_at,
        ARRAY(SELECT p.parent FROM role_parents p WHERE p.role = r.name ORDER BY p.parent)
      FROM roles r WHERE r.name = ?
      """;
  private static final String LOCK = "SELECT FROM roles WHERE name = ? FOR UPDATE";
  private static final String NAMES = "SELECT name FROM roles";
  private static final String LINKS = "SELECT role, parent FROM role_parents ORDER BY role, parent";
  private static final String INSERT =
      """
      INSERT INTO roles (description, version, created_at, updated_at, name, built_in)
      VALUES (?, ?, ?, ?, ?, false)
      """;
  private static final String UPDATE =
      """
      UPDATE roles SET description = ?, version = ?, created_at = ?, updated_at = ? WHERE name = ?
      """;
  private static final String UNLINK = "DELETE FROM role_parents WHERE role = ?";
  private static final String LINK = "INSERT INTO role_parents (role, parent) VALUES (?, ?)";
  private static final String DELETE = "DELETE FROM roles WHERE name = ?";

  /**
   * In order of name, after one, or from the beginning for an empty text.
   *
   * @param visible which of them, in {@link PolicyViews#ROLE_COLUMNS}
   */
  List<RoleDetails> page(Connection connection, RowFilter visible, String after, int limit)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(PAGE.formatted(visible.sql()))) {
      statement.setString(1, after);
      statement.setInt(visible.bind(statement, 2), limit);
      try (ResultSet rows = statement.executeQuery()) {
        List<RoleDetails> roles = new ArrayList<>();
        while (rows.next()) {
          roles.add(role(rows));
        }
        return roles;
      }
    }
  }

  Optional<RoleDetails> find(Connection connection, String name) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(FIND)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(role(row)) : Optional.empty();
      }
    }
  }

  /** Keeps everybody else from giving the role to somebody until the transaction ends. */
  void lock(Connection connection, String name) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(LOCK)) {
      statement.setString(1, name);
      statement.executeQuery().close();
    }
  }

  TreeSet<String> names(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(NAMES);
        ResultSet rows = statement.executeQuery()) {
      TreeSet<String> names = new TreeSet<>();
      while (rows.next()) {
        names.add(rows.getString(1));
      }
      return names;
    }
  }

  List<RoleInheritance> links(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(LINKS);
        ResultSet rows = statement.executeQuery()) {
      List<RoleInheritance> links = new ArrayList<>();
      while (rows.next()) {
        links.add(new RoleInheritance(rows.getString(1), rows.getString(2)));
      }
      return links;
    }
  }

  void insert(Connection connection, RoleDetails role) throws SQLException {
    write(connection, INSERT, role);
    link(connection, role);
  }

  void update(Connection connection, RoleDetails role) throws SQLException {
    write(connection, UPDATE, role);
    execute(connection, UNLINK, role.name());
    link(connection, role);
  }

  void delete(Connection connection, String name) throws SQLException {
    execute(connection, DELETE, name);
  }

  private static void link(Connection connection, RoleDetails role) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(LINK)) {
      for (String parent : role.parents()) {
        statement.setString(1, role.name());
        statement.setString(2, parent);
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private static void write(Connection connection, String sql, RoleDetails role)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, role.description());
      statement.setLong(2, role.version());
      statement.setTimestamp(3, Timestamp.from(role.createdAt()));
      statement.setTimestamp(4, Timestamp.from(role.updatedAt()));
      statement.setString(5, role.name());
      statement.executeUpdate();
    }
  }

  private static void execute(Connection connection, String sql, String name) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name);
      statement.executeUpdate();
    }
  }

  private static RoleDetails role(ResultSet row) throws SQLException {
    return new RoleDetails(
        row.getString(1),
        row.getString(2),
        Arrays.asList((String[]) row.getArray(7).getArray()),
        row.getBoolean(3),
        row.getLong(4),
        row.getTimestamp(5).toInstant(),
        row.getTimestamp(6).toInstant());
  }
}
