package io.platformapi.service.persistence;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One of several changes that go to the server in one round trip of their transaction.
 *
 * @param sql of one statement that gives no rows
 * @param values of its parameters
 */
public record SqlPart(String sql, Values values) {

  /**
   * Makes the changes in their order; after one that fails none is made.
   *
   * @return how many rows the first one changed
   */
  public static int run(Connection connection, List<SqlPart> parts) throws SQLException {
    String sql = parts.stream().map(SqlPart::sql).collect(Collectors.joining(";"));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Parameters parameters = new Parameters(statement);
      for (SqlPart part : parts) {
        part.values.addTo(parameters);
      }
      return statement.executeUpdate();
    }
  }

  /** Adds the values of one part. */
  @FunctionalInterface
  public interface Values {
    void addTo(Parameters to) throws SQLException;
  }
}
