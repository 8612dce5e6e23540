package io.platformapi.service.quota.reservation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.quota.QuotaFixture;
import io.platformapi.service.testing.TestDatabases;
import io.platformapi.service.usage.PostingLock;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Plans are made while a tenant's tables are empty, and kept while they grow. */
class PlansTest {
  private static final String MANY_OPEN =
      """
      INSERT INTO reservations (id, request_id, state, created_at, created_by, expires_at,
        estimates, hold_quotas, hold_subjects, hold_windows, hold_amounts)
      SELECT gen_random_uuid(), n, 'open', now(), 'test', now() + n * interval '1 second',
        '{0,0,1,0,0,0}', '{}', '{}', '{}', '{}'
      FROM generate_series(1, 5000) n
      """;

  @Test
  void theNextExpiryIsFoundWithoutReadingAllThatAreOpen() throws Exception {
    try (QuotaFixture fixture = new QuotaFixture()) {
      String tenant = fixture.newTenant();
      fixture.put(tenant, List.of());
      String database = fixture.ledger.single(tenant, "SELECT current_database()");
      try (Connection connection = TestDatabases.connect(database);
          Statement statement = connection.createStatement()) {
        connection.setAutoCommit(false);
        statement.execute(PostingLock.SHARE);
        statement.execute("PREPARE next AS " + ReservationSql.EARLIEST_EXPIRY);
        statement.execute("EXECUTE next");
        statement.execute(MANY_OPEN);
        assertThat(blocksRead(fixture, statement)).isBetween(1L, 10L);
      }
    }
  }

  private static long blocksRead(QuotaFixture fixture, Statement statement) throws Exception {
    try (ResultSet row =
        statement.executeQuery("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE next")) {
      row.next();
      JsonNode plan = fixture.ledger.node.mapper.readTree(row.getString(1)).get(0).get("Plan");
      return plan.get("Shared Hit Blocks").asLong() + plan.get("Shared Read Blocks").asLong();
    }
  }
}
