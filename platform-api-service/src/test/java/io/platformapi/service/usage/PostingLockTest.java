package io.platformapi.service.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.platformapi.service.testing.TestDatabases;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class PostingLockTest {
  private static final String SETTINGS =
      """
      SELECT current_setting('enable_seqscan') || ' ' || current_setting('jit') || ' '
        || current_setting('plan_cache_mode')
      """;

  @Test
  void plansReadNoTableAsAWholeAndAreNotCompiledUntilTheTransactionEnds() throws Exception {
    try (Connection connection = TestDatabases.connect("postgres");
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("SET jit = on");
      statement.execute(PostingLock.SHARE);
      assertThat(settings(statement)).isEqualTo("off off force_generic_plan");
      connection.commit();
      assertThat(settings(statement)).isEqualTo("on on auto");
    }
  }

  private static String settings(Statement statement) throws Exception {
    try (ResultSet row = statement.executeQuery(SETTINGS)) {
      row.next();
      return row.getString(1);
    }
  }
}
