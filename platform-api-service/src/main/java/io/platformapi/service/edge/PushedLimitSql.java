package io.platformapi.service.edge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;

/** The rows of {@code pushed_limits}: what this service has put in force at the edge. */
final class PushedLimitSql {
  private static final TypeReference<Map<String, String>> SHOWN = new TypeReference<>() {};
  private static final String READ = "SELECT edge, target, limits::text FROM pushed_limits";
  private static final String KEEP =
      """
      INSERT INTO pushed_limits (edge, target, limits, pushed_at) VALUES (?, ?, ?::jsonb, ?)
      ON CONFLICT (edge, target) DO UPDATE
      SET limits = EXCLUDED.limits, pushed_at = EXCLUDED.pushed_at
      """;
  private static final String FORGET = "DELETE FROM pushed_limits WHERE edge = ? AND target = ?";

  private final ObjectMapper mapper;

  PushedLimitSql(ObjectMapper mapper) {
    this.mapper = mapper;
  }

  Map<EdgeTarget, EdgeLimit> read(Connection connection) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(READ);
        ResultSet rows = select.executeQuery()) {
      Map<EdgeTarget, EdgeLimit> pushed = new TreeMap<>();
      while (rows.next()) {
        EdgeTarget target = new EdgeTarget(EdgeKind.of(rows.getString(1)), rows.getString(2));
        Map<String, String> shown = shown(rows.getString(3));
        pushed.put(
            target,
            target.kind() == EdgeKind.KONG_CONSUMER
                ? RateLimit.parse(shown)
                : BudgetLimit.parse(shown));
      }
      return pushed;
    }
  }

  void keep(Connection connection, EdgeTarget target, EdgeLimit limit, Instant now)
      throws SQLException {
    try (PreparedStatement upsert = connection.prepareStatement(KEEP)) {
      upsert.setString(1, target.kind().wire());
      upsert.setString(2, target.id());
      upsert.setString(3, json(limit.shown()));
      upsert.setObject(4, now.atOffset(ZoneOffset.UTC));
      upsert.executeUpdate();
    }
  }

  void forget(Connection connection, EdgeTarget target) throws SQLException {
    try (PreparedStatement delete = connection.prepareStatement(FORGET)) {
      delete.setString(1, target.kind().wire());
      delete.setString(2, target.id());
      delete.executeUpdate();
    }
  }

  private Map<String, String> shown(String json) {
    try {
      return mapper.readValue(json, SHOWN);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a limit that is no JSON", e);
    }
  }

  private String json(Map<String, String> limits) {
    try {
      return mapper.writeValueAsString(limits);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a limit that is no JSON", e);
    }
  }
}
