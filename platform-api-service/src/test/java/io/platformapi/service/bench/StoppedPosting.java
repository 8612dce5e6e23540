package io.platformapi.service.bench;

import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.TenantSql;
import io.platformapi.service.testing.TestDatabases;
import io.platformapi.service.usage.PostingLock;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Nothing is posted to some tenants' ledgers until this is closed: whoever does waits. */
final class StoppedPosting implements AutoCloseable {
  /** A node waits 10 s for a lock; after that it puts the events aside. */
  private static final Duration PATIENCE = Duration.ofSeconds(9);

  private final List<Connection> held = new ArrayList<>();
  private final long since = System.nanoTime();

  private StoppedPosting() {}

  static StoppedPosting of(PlatformSettings settings, List<String> tenants) throws SQLException {
    TenantSql sql = new TenantSql(settings);
    StoppedPosting stopped = new StoppedPosting();
    for (String tenant : tenants) {
      Connection connection = TestDatabases.connect(sql.databaseOf(tenant));
      stopped.held.add(connection);
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute(PostingLock.ALONE);
      }
    }
    return stopped;
  }

  /**
   * @throws IllegalStateException when a node may not have waited for so long
   */
  void mustBeInTime() {
    if (System.nanoTime() - since > PATIENCE.toNanos()) {
      throw new IllegalStateException("posting was stopped for too long");
    }
  }

  @Override
  public void close() throws SQLException {
    for (Connection connection : held) {
      connection.close();
    }
  }
}
