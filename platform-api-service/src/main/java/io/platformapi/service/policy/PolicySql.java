package io.platformapi.service.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.platformapi.service.auth.RowFilter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rows of {@code policies}, on a connection in a transaction. */
final class PolicySql {
  private static final TypeReference<List<RuleDefinition>> RULES = new TypeReference<>() {};

  private static final String PAGE =
      """
      SELECT id, description, enabled, rules::text, version, created_at, updated_at FROM policies
      WHERE id > ? AND (%s) ORDER BY id LIMIT ?
      """;
  private static final String FIND =
      """
      SELECT id, description, enabled, rules::text, version, created_at, updated_at FROM policies
      WHERE id = ?
      """;
  private static final String INSERT =
      """
      INSERT INTO policies (description, enabled, rules, version, created_at, updated_at, id)
      VALUES (?, ?, ?::jsonb, ?, ?, ?, ?)
      """;
  private static final String UPDATE =
      """
      UPDATE policies SET description = ?, enabled = ?, rules = ?::jsonb, version = ?,
        created_at = ?, updated_at = ?
      WHERE id = ?
      """;
  private static final String DELETE = "DELETE FROM policies WHERE id = ?";

  private final ObjectMapper mapper;

  PolicySql(ObjectMapper mapper) {
    this.mapper = mapper;
  }

  /**
   * In order of id, after one, or from the beginning for an empty text.
   *
   * @param visible which of them, in {@link PolicyViews#POLICY_COLUMNS}
   */
  List<PolicyDetails> page(Connection connection, RowFilter visible, String after, int limit)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(PAGE.formatted(visible.sql()))) {
      statement.setString(1, after);
      statement.setInt(visible.bind(statement, 2), limit);
      try (ResultSet rows = statement.executeQuery()) {
        List<PolicyDetails> policies = new ArrayList<>();
        while (rows.next()) {
          policies.add(policy(rows));
        }
        return policies;
      }
    }
  }

  List<PolicyDetails> all(Connection connection) throws SQLException {
    return page(connection, RowFilter.ALL, "", Integer.MAX_VALUE);
  }

  Optional<PolicyDetails> find(Connection connection, String id) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(FIND)) {
      statement.setString(1, id);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(policy(row)) : Optional.empty();
      }
    }
  }

  void insert(Connection connection, PolicyDetails policy) throws SQLException {
    write(connection, INSERT, policy);
  }

  void update(Connection connection, PolicyDetails policy) throws SQLException {
    write(connection, UPDATE, policy);
  }

  void delete(Connection connection, String id) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(DELETE)) {
      statement.setString(1, id);
      statement.executeUpdate();
    }
  }

  private void write(Connection connection, String sql, PolicyDetails policy) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, policy.description());
      statement.setBoolean(2, policy.enabled());
      statement.setString(3, json(policy.rules()));
      statement.setLong(4, policy.version());
      statement.setTimestamp(5, Timestamp.from(policy.createdAt()));
      statement.setTimestamp(6, Timestamp.from(policy.updatedAt()));
      statement.setString(7, policy.id());
      statement.executeUpdate();
    }
  }

  private PolicyDetails policy(ResultSet row) throws SQLException {
    return new PolicyDetails(
        row.getString(1),
        row.getString(2),
        row.getBoolean(3),
        rules(row.getString(4)),
        row.getLong(5),
        row.getTimestamp(6).toInstant(),
        row.getTimestamp(7).toInstant());
  }

  private List<RuleDefinition> rules(String json) {
    try {
      return mapper.readValue(json, RULES);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("stored rules cannot be read", e);
    }
  }

  private String json(List<RuleDefinition> rules) {
    try {
      return mapper.writeValueAsString(rules);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("rules cannot be written", e);
    }
  }
}
