package io.platformapi.service.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;

/** The one row of {@code policy_schema}, on a connection in a transaction. */
final class SchemaSql {
  private static final String READ = "SELECT version, document::text FROM policy_schema";
  private static final String WRITE =
      "UPDATE policy_schema SET document = ?::jsonb, version = ?, updated_at = ?";

  private final ObjectMapper mapper;

  SchemaSql(ObjectMapper mapper) {
    this.mapper = mapper;
  }

  VersionedSchema read(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(READ);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return new VersionedSchema(
          row.getLong(1), mapper.readValue(row.getString(2), PolicySchema.class));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the stored schema cannot be read", e);
    }
  }

  void write(Connection connection, VersionedSchema schema, Instant now) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(WRITE)) {
      statement.setString(1, mapper.writeValueAsString(schema.schema()));
      statement.setLong(2, schema.version());
      statement.setTimestamp(3, Timestamp.from(now));
      statement.executeUpdate();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a schema cannot be written", e);
    }
  }
}
