package io.platformapi.service.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.platformapi.routes.message.UsageBatch;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.testing.TestDatabases;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What must hold for any traffic; a failure names the seed that makes it again. */
class LedgerPropertyTest {
  private static final int SEEDS = 1000;
  private static final int SEEDS_BETWEEN_VACUUMS = 20;
  private static final int CONCURRENT_SEEDS = 12;
  private static final int WRITERS = 4;
  private static LedgerFixture ledger;

  @BeforeAll
  static void start() {
    ledger = new LedgerFixture();
  }

  @AfterAll
  static void stop() {
    ledger.close();
  }

  @Test
  void anyDeliveryOfAnyCallsPostsEachCallOnce() {
    String tenant = ledger.newTenant();
    // Makes the partitions; each seed then works in a transaction that is rolled back.
    ledger.store(tenant, new GeneratedCalls(0).calls(100));
    String database = ledger.single(tenant, "SELECT current_database()");
    for (long seed = 1; seed <= SEEDS; seed++) {
      long current = seed;
      if (seed % SEEDS_BETWEEN_VACUUMS == 0) {
        TestDatabases.execute(database, "VACUUM");
      }
      ledger.node.inTenant.sql(
          tenant,
          connection -> {
            empty(connection);
            deliver(connection, tenant, current);
            connection.rollback();
            return null;
          });
    }
  }

  /** The rules are off while the ledger is emptied. */
  private static void empty(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          """
          SET LOCAL session_replication_role = replica;
          DELETE FROM usage_events; DELETE FROM ledger_postings; DELETE FROM ledger_batches;
          DELETE FROM usage_counters; DELETE FROM ledger_accounts WHERE key <> '';
          SET LOCAL session_replication_role = origin
          """);
    }
  }

  private static void deliver(Connection connection, String tenant, long seed) throws SQLException {
    Random random = new Random(seed);
    GeneratedCalls generated = new GeneratedCalls(seed);
    List<UsageRecord> calls = generated.calls(1 + random.nextInt(40));
    int posted = 0;
    for (List<UsageRecord> delivery : generated.deliveries(calls, 1 + random.nextInt(4))) {
      posted +=
          new LedgerWriter()
              .write(
                  connection,
                  LedgerFixture.tenantOf(tenant),
                  new UsageBatch(delivery, List.of()),
                  UsageFollower.Following.NOTHING)
              .posted();
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET CONSTRAINTS ALL IMMEDIATE");
    }
    assertThat(posted).as("posted, seed %d", seed).isEqualTo(calls.size());
    assertThat(new LedgerVerifier().findings(connection, tenant)).as("seed %d", seed).isEmpty();
    long cost = calls.stream().mapToLong(UsageRecord::costNanos).sum();
    assertThat(
            LedgerFixture.single(
                connection,
                "SELECT sum(cost_nanos) FROM usage_counters c JOIN ledger_accounts a"
                    + " ON a.id = c.account_id WHERE a.scope = 'tenant' AND c.kind = 'month'"))
        .as("cost, seed %d", seed)
        .isEqualTo(Long.toString(cost));
  }

  @Test
  void writersOfTheSameCallsAndAccountsNeitherDeadlockNorPostTwice() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
    try {
      for (long seed = 1; seed <= CONCURRENT_SEEDS; seed++) {
        interleave(threads, ledger.newTenant(), seed);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static void interleave(ExecutorService threads, String tenant, long seed)
      throws Exception {
    GeneratedCalls generated = new GeneratedCalls(seed);
    List<UsageRecord> calls = generated.calls(400);
    List<Future<Integer>> results = new ArrayList<>();
    for (List<UsageRecord> delivery : generated.deliveries(calls, 16)) {
      results.add(threads.submit(() -> ledger.store(tenant, delivery).posted()));
    }
    int posted = 0;
    for (Future<Integer> result : results) {
      posted += result.get();
    }
    assertThat(posted).as("posted, seed %d", seed).isEqualTo(calls.size());
    assertThat(ledger.findings(tenant)).as("seed %d", seed).isEmpty();
    // The store would try again after a deadlock: there must be none to begin with.
    assertThat(
            ledger.single(
                tenant,
                "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))
        .as("deadlocks, seed %d", seed)
        .isEqualTo("0");
  }

  @Test
  void theVerifierFindsWhatIsWrong() {
    String tenant = ledger.newTenant();
    ledger.store(tenant, new GeneratedCalls(7).calls(30));
    assertThat(ledger.findings(tenant)).isEmpty();
    for (String damage :
        List.of(
            "UPDATE usage_counters SET cost_nanos = cost_nanos + 1 WHERE kind = 'month'",
            "DELETE FROM usage_counters WHERE kind = 'hour'",
            "UPDATE ledger_postings SET input_tokens = input_tokens + 1 WHERE account_id > 7",
            "DELETE FROM ledger_postings WHERE account_id > 7",
            "UPDATE usage_events SET output_tokens = output_tokens + 1",
            "DELETE FROM usage_events")) {
      List<String> findings =
          ledger.node.inTenant.sql(
              tenant,
              connection -> {
                try (Statement statement = connection.createStatement()) {
                  statement.execute("SET LOCAL session_replication_role = replica; " + damage);
                }
                List<String> found = new LedgerVerifier().findings(connection, tenant);
                connection.rollback();
                return found;
              });
      assertThat(findings).as(damage).isNotEmpty();
    }
  }
}
