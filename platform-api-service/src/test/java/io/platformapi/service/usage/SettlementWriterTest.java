package io.platformapi.service.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.platformapi.routes.message.CallStatus;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.http.Uuid7;
import io.platformapi.service.persistence.SqlPart;
import io.platformapi.service.testing.TestDatabases;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Settlements find their accounts by name, whatever others make of them meanwhile. */
class SettlementWriterTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int WRITERS = 4;
  private static final int CALLS = 60;
  private static final String USERS =
      """
      SELECT a.key || ' ' || c.input_tokens FROM ledger_accounts a
      JOIN usage_counters c ON c.account_id = a.id AND c.kind = 'month'
      WHERE a.scope = 'user' ORDER BY a.key
      """;
  private static final SettlementWriter WRITER = new SettlementWriter();

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
  void whatWasRolledBackIsNotRememberedWhoeverHasItsAccountsIdsNow() {
    String tenant = tenant();
    ledger.node.inTenant.sql(
        tenant,
        connection -> {
          post(connection, tenant, call("ann", 1));
          connection.rollback();
          // What a rollback leaves, and what a restored database may have: the same ids again.
          try (Statement statement = connection.createStatement()) {
            return statement.execute("ALTER TABLE ledger_accounts ALTER COLUMN id RESTART");
          }
        });
    post(tenant, call("bob", 20));
    post(tenant, call("ann", 300));
    assertThat(ledger.query(tenant, USERS)).containsExactly("ann 300", "bob 20");
    assertThat(ledger.findings(tenant)).isEmpty();
  }

  @Test
  void whatTwoNodesMakeAtOnceIsMadeOnce() throws Exception {
    String tenant = tenant();
    whileAnotherWaits(tenant, true);
    assertThat(ledger.query(tenant, USERS)).containsExactly("ann 11");
    assertThat(ledger.findings(tenant)).isEmpty();
  }

  @Test
  void whatAnotherNodeMadeAndTookBackIsMadeByWhoWaitedForIt() throws Exception {
    String tenant = tenant();
    whileAnotherWaits(tenant, false);
    assertThat(ledger.query(tenant, USERS)).containsExactly("ann 10");
    assertThat(ledger.findings(tenant)).isEmpty();
  }

  @Test
  void settlementsAndEventsOfTheSameAccountsDoNotDeadlock() throws Exception {
    String tenant = tenant();
    ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
    try {
      List<Future<?>> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        int writer = i;
        writers.add(
            threads.submit(
                () -> {
                  for (int n = 0; n < CALLS; n++) {
                    // Two new users for each number, named in both orders.
                    String user = "u" + n + (writer + n) % 2;
                    if (writer % 2 == 0) {
                      post(tenant, call(user, 1), call("u" + n + (writer + n + 1) % 2, 1));
                    } else {
                      ledger.store(tenant, List.of(call(user, 1).call(), call("ann", 1).call()));
                    }
                  }
                }));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(ledger.findings(tenant)).isEmpty();
    assertThat(
            ledger.single(
                tenant,
                "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))
        .isEqualTo("0");
  }

  /** One settles a new user's call, and has not committed when another one does, too. */
  private static void whileAnotherWaits(String tenant, boolean commits) throws Exception {
    String database = ledger.single(tenant, "SELECT current_database()");
    Future<?>[] other = new Future<?>[1];
    ledger.node.inTenant.sql(
        tenant,
        connection -> {
          post(connection, tenant, call("ann", 1));
          other[0] = CompletableFuture.runAsync(() -> post(tenant, call("ann", 10)));
          Awaitility.await().atMost(PATIENCE).until(() -> waits(database));
          if (!commits) {
            connection.rollback();
          }
          return null;
        });
    other[0].get();
  }

  private static boolean waits(String database) throws SQLException {
    try (Connection connection = TestDatabases.connect("postgres")) {
      return !"0"
          .equals(
              LedgerFixture.single(
                  connection,
                  "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                      + " AND datname = '"
                      + database
                      + "'"));
    }
  }

  private static String tenant() {
    String tenant = ledger.newTenant();
    ledger.node.inTenant.sql(
        tenant,
        connection -> {
          new UsagePartitions(Clock.systemUTC()).create(connection, List.of(Instant.now()));
          return null;
        });
    return tenant;
  }

  private static void post(String tenant, LedgerCall... calls) {
    ledger.node.inTenant.sql(
        tenant,
        connection -> {
          post(connection, tenant, calls);
          return null;
        });
  }

  private static void post(Connection connection, String tenant, LedgerCall... calls)
      throws SQLException {
    SqlPart.run(
        connection,
        WRITER.parts(
            LedgerFixture.tenantOf(tenant), Uuid7.next(), List.of(calls), List.of(), false));
  }

  private static LedgerCall call(String user, long tokens) {
    UUID id = UUID.randomUUID();
    Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
    return LedgerCall.of(
        new UsageRecord(
            id,
            id.toString(),
            null,
            CallStatus.SUCCESS,
            false,
            false,
            null,
            now,
            now,
            "red",
            null,
            null,
            null,
            user,
            null,
            "openai",
            "gpt-4o",
            "gpt-4o",
            tokens,
            0,
            tokens,
            0));
  }
}
