package io.platformapi.service.edge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The rows of {@code edge_changes}: what became of the limits at the edge in a run. */
final class EdgeChangeSql {
  private static final TypeReference<Map<String, String>> SHOWN = new TypeReference<>() {};
  private static final String FORGET = "DELETE FROM edge_changes WHERE run_id = ?";
  private static final String INSERT =
      """
      INSERT INTO edge_changes (run_id, seq, edge, target, outcome, reason, was, became, quotas)
      VALUES (?, ?, ?, ?, ?, ?, ?::jsonb, ?::jsonb, ?)
      """;
  private static final String PAGE =
      """
      SELECT seq, edge, target, outcome, reason, was::text, became::text, quotas
      FROM edge_changes WHERE run_id = ? AND seq > ? ORDER BY seq LIMIT ?
      """;

  private final ObjectMapper mapper;

  EdgeChangeSql(ObjectMapper mapper) {
    this.mapper = mapper;
  }

  /** A change and its place in its run. */
  record Numbered(long seq, EdgeChange change) {}

  /** Puts a run's report in the place of what an earlier attempt of it has left. */
  void replace(Connection connection, UUID run, List<EdgeChange> changes) throws SQLException {
    try (PreparedStatement delete = connection.prepareStatement(FORGET)) {
      delete.setObject(1, run);
      delete.executeUpdate();
    }
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      for (int i = 0; i < changes.size(); i++) {
        EdgeChange change = changes.get(i);
        insert.setObject(1, run);
        insert.setInt(2, i + 1);
        insert.setString(3, change.edge());
        insert.setString(4, change.target());
        insert.setString(5, change.outcome());
        insert.setString(6, change.reason());
        insert.setString(7, json(change.before()));
        insert.setString(8, json(change.after()));
        insert.setArray(9, connection.createArrayOf("uuid", change.quotas().toArray()));
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  List<Numbered> page(Connection connection, UUID run, long after, int limit) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(PAGE)) {
      select.setObject(1, run);
      select.setLong(2, after);
      select.setInt(3, limit);
      try (ResultSet rows = select.executeQuery()) {
        List<Numbered> page = new ArrayList<>();
        while (rows.next()) {
          page.add(new Numbered(rows.getLong("seq"), change(rows)));
        }
        return page;
      }
    }
  }

  private EdgeChange change(ResultSet row) throws SQLException {
    return new EdgeChange(
        row.getString("edge"),
        row.getString("target"),
        row.getString("outcome"),
        row.getString("reason"),
        shown(row.getString("was")),
        shown(row.getString("became")),
        Arrays.asList((UUID[]) row.getArray("quotas").getArray()));
  }

  private Map<String, String> shown(String json) {
    try {
      return json == null ? null : mapper.readValue(json, SHOWN);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a limit that is no JSON", e);
    }
  }

  private String json(Map<String, String> limits) {
    try {
      return limits == null ? null : mapper.writeValueAsString(limits);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a limit that is no JSON", e);
    }
  }
}
