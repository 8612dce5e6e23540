package io.platformapi.service.testing;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Drops the databases that a test class has left on the shared server, all but the templates: the
 * hundreds that a whole run makes would fill a small disk, and take the JVM longer to delete than
 * it has when it ends. Found by JUnit as a service; runs after the class's own {@code @AfterAll}.
 */
public final class LeftoverDatabases implements AfterAllCallback {
  private static final String LEFT =
      """
      SELECT format('DROP DATABASE %I WITH (FORCE)', datname) FROM pg_database
      WHERE NOT datistemplate AND datname <> 'postgres'
      """;

  @Override
  public void afterAll(ExtensionContext context) throws SQLException {
    boolean nested = context.getRequiredTestClass().isMemberClass();
    if (!nested && RealServers.postgresIsUsed()) {
      drop();
    }
  }

  /** Drops them now. */
  static void drop() throws SQLException {
    try (Connection connection = TestDatabases.connect("postgres");
        Statement statement = connection.createStatement()) {
      for (String drop : left(statement)) {
        statement.execute(drop);
      }
    }
  }

  private static List<String> left(Statement statement) throws SQLException {
    List<String> drops = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(LEFT)) {
      while (rows.next()) {
        drops.add(rows.getString(1));
      }
    }
    return drops;
  }
}
