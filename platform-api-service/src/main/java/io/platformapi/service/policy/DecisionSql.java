package io.platformapi.service.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.platformapi.service.policy.condition.AttributeType;
import io.platformapi.service.policy.engine.AccessRequest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** The rows of {@code policy_decisions}, on a connection in a transaction. */
final class DecisionSql {
  static final int MAX_REQUEST = 8192;

  private static final UUID FIRST = new UUID(0, 0);

  private static final String INSERT =
      """
      INSERT INTO policy_decisions
        (id, decided_at, policy_version, allowed, decided_by, request)
      SELECT id, decided_at, policy_version, allowed, decided_by, request::jsonb
      FROM unnest(?::uuid[], ?::timestamptz[], ?::text[], ?::boolean[], ?::text[], ?::text[])
        d (id, decided_at, policy_version, allowed, decided_by, request)
      """;
  private static final String READ =
      """
      SELECT id, decided_at, policy_version, allowed, decided_by, request::text
      FROM policy_decisions
      WHERE (decided_at, id) > (?, ?) AND decided_at >= ? AND decided_at < ?
      ORDER BY decided_at, id LIMIT ?
      """;
  private static final String TOO_OLD = "DELETE FROM policy_decisions WHERE decided_at < ?";
  private static final String TOO_MANY =
      """
      DELETE FROM policy_decisions WHERE (decided_at, id) <= (
        SELECT decided_at, id FROM policy_decisions
        ORDER BY decided_at DESC, id DESC OFFSET ? LIMIT 1)
      """;

  private final ObjectMapper mapper;

  DecisionSql(ObjectMapper mapper) {
    this.mapper = mapper.copy().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
  }

  /** How a request is kept; empty when it is too large for that, or PostgreSQL cannot store it. */
  Optional<String> json(AccessRequest request) {
    try {
      String json = mapper.writeValueAsString(request);
      // PostgreSQL's jsonb holds no NUL, which is escaped here. One row would fail its whole batch.
      return json.length() > MAX_REQUEST
              || json.contains("\\u0000")
              || !AttributeType.storable(json)
          ? Optional.empty()
          : Optional.of(json);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /**
   * @param requests of each decision as {@link #json} gave it
   */
  void insert(Connection connection, List<RecordedDecision> decisions, List<String> requests)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
      array(statement, 1, "uuid", decisions, RecordedDecision::id);
      array(statement, 2, "timestamptz", decisions, decision -> decision.decidedAt().toString());
      array(statement, 3, "text", decisions, RecordedDecision::policyVersion);
      array(statement, 4, "boolean", decisions, RecordedDecision::allowed);
      array(statement, 5, "text", decisions, RecordedDecision::decidedBy);
      array(statement, 6, "text", requests, request -> request);
      statement.executeUpdate();
    }
  }

  /**
   * In order of time.
   *
   * @param from inclusive
   * @param to exclusive
   * @param after the last one seen, or null
   */
  List<RecordedDecision> read(
      Connection connection, Instant from, Instant to, Position after, int limit)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(READ)) {
      statement.setTimestamp(1, Timestamp.from(after == null ? Instant.EPOCH : after.decidedAt()));
      statement.setObject(2, after == null ? FIRST : after.id());
      statement.setTimestamp(3, Timestamp.from(from));
      statement.setTimestamp(4, Timestamp.from(to));
      statement.setInt(5, limit);
      try (ResultSet rows = statement.executeQuery()) {
        List<RecordedDecision> decisions = new ArrayList<>();
        while (rows.next()) {
          decisions.add(decision(rows));
        }
        return decisions;
      }
    }
  }

  /**
   * Removes what is older, and the oldest of more than may be kept.
   *
   * @return how many were removed
   */
  int prune(Connection connection, Instant before, int rows) throws SQLException {
    int removed;
    try (PreparedStatement statement = connection.prepareStatement(TOO_OLD)) {
      statement.setTimestamp(1, Timestamp.from(before));
      removed = statement.executeUpdate();
    }
    try (PreparedStatement statement = connection.prepareStatement(TOO_MANY)) {
      statement.setInt(1, rows);
      return removed + statement.executeUpdate();
    }
  }

  private static <T> void array(
      PreparedStatement statement, int index, String type, List<T> rows, Function<T, Object> value)
      throws SQLException {
    Object[] values = rows.stream().map(value).toArray();
    statement.setArray(index, statement.getConnection().createArrayOf(type, values));
  }

  private RecordedDecision decision(ResultSet row) throws SQLException {
    try {
      return new RecordedDecision(
          row.getObject(1, UUID.class),
          row.getTimestamp(2).toInstant(),
          row.getString(3),
          row.getBoolean(4),
          row.getString(5),
          mapper.readValue(row.getString(6), AccessRequest.class));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a recorded request cannot be read", e);
    }
  }

  /** Place of a decision in the order of time. */
  record Position(Instant decidedAt, UUID id) {}
}
