package io.platformapi.service.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class LeftoverDatabasesTest {

  @Test
  void databasesGoAlsoWhileSomebodyIsConnectedAndTemplatesStay() throws SQLException {
    TestDatabases.execute("postgres", "CREATE DATABASE \"left-over\"");
    TestDatabases.execute("postgres", "CREATE DATABASE kept_template IS_TEMPLATE true");
    try (var connected = TestDatabases.connect("left-over")) {
      LeftoverDatabases.drop();
      assertThat(exists("left-over")).isEqualTo("0");
      assertThat(exists("kept_template")).isEqualTo("1");
      assertThat(connected.isValid(1)).isFalse();
    } finally {
      TestDatabases.execute("postgres", "ALTER DATABASE kept_template IS_TEMPLATE false");
      TestDatabases.execute("postgres", "DROP DATABASE kept_template");
    }
  }

  private static String exists(String database) {
    return TestDatabases.single(
        "postgres", "SELECT count(*) FROM pg_database WHERE datname = '" + database + "'");
  }
}
