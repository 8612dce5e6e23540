package io.platformapi.service.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platformapi.service.testing.RealServers;
import io.platformapi.service.testing.TestDatabases;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class TenantConnectionPoolTest {
  private static final int TENANTS = 200;
  private static final int THREADS = 64;
  private static final int BUDGET = 10;
  private static final int ROUNDS = 40;

  @Test
  void theBudgetHoldsForManyThreadsOverManyTenantsAndNobodyStarves() throws Exception {
    for (int i = 0; i < TENANTS; i++) {
      TestDatabases.execute(
          "postgres", "CREATE DATABASE budget_" + i + " TEMPLATE template0 STRATEGY wal_log");
    }
    AtomicInteger inUse = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger mostOpen = new AtomicInteger();
    AtomicInteger mostOnServer = new AtomicInteger();
    try (TenantConnectionPool pool = pool(BUDGET, 2, Duration.ofSeconds(20))) {
      ExecutorService executor = Executors.newFixedThreadPool(THREADS + 1);
      List<Callable<Void>> work = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        Random random = new Random(t);
        work.add(
            () -> {
              for (int i = 0; i < ROUNDS; i++) {
                String name = "budget_" + random.nextInt(TENANTS);
                try (Connection connection = pool.borrow(new DatabaseAddress("main", name))) {
                  most.accumulateAndGet(inUse.incrementAndGet(), Math::max);
                  mostOpen.accumulateAndGet(pool.open(), Math::max);
                  assertThat(database(connection)).isEqualTo(name);
                  inUse.decrementAndGet();
                }
              }
              return null;
            });
      }
      work.add(
          () -> {
            try (Connection observer = TestDatabases.connect("postgres")) {
              for (int i = 0; i < 200; i++) {
                mostOnServer.accumulateAndGet(sessions(observer, "budget\\_%"), Math::max);
              }
            }
            return null;
          });
      for (Future<Void> done : executor.invokeAll(work)) {
        done.get();
      }
      executor.shutdown();
      assertThat(most.get()).isLessThanOrEqualTo(BUDGET);
      assertThat(mostOpen.get()).isEqualTo(BUDGET);
      // A backend takes a moment to leave after its socket was closed.
      assertThat(mostOnServer.get()).isLessThanOrEqualTo(BUDGET + BUDGET / 2);
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(
            () -> {
              try (Connection observer = TestDatabases.connect("postgres")) {
                assertThat(sessions(observer, "budget\\_%")).isZero();
              }
            });
  }

  @Test
  void aTenantHoldsNoMoreThanItsShareAndOthersGoOn() throws Exception {
    try (TenantConnectionPool pool = pool(4, 2, Duration.ofMillis(200))) {
      DatabaseAddress busy = new DatabaseAddress("main", "postgres");
      DatabaseAddress other = new DatabaseAddress("main", "template1");
      try (Connection first = pool.borrow(busy);
          Connection second = pool.borrow(busy)) {
        assertThatThrownBy(() -> pool.borrow(busy))
            .isInstanceOf(DatabaseUnavailableException.class);
        try (Connection free = pool.borrow(other)) {
          assertThat(database(free)).isEqualTo("template1");
        }
      }
      try (Connection again = pool.borrow(busy)) {
        assertThat(database(again)).isEqualTo("postgres");
      }
    }
  }

  @Test
  void aConnectionIsUsedAgainInWhateverModeItComesBack() throws Exception {
    DatabaseAddress address = new DatabaseAddress("main", "postgres");
    try (TenantConnectionPool pool = pool(1, 1, Duration.ofSeconds(5))) {
      int first = backend(pool, address, true);
      assertThat(backend(pool, address, false)).isEqualTo(first);
      assertThat(backend(pool, address, true)).isEqualTo(first);
      try (Connection connection = pool.borrow(address)) {
        assertThat(connection.getAutoCommit()).isFalse();
      }
    }
  }

  private static int backend(TenantConnectionPool pool, DatabaseAddress address, boolean autocommit)
      throws SQLException {
    try (Connection connection = pool.borrow(address)) {
      connection.setAutoCommit(autocommit);
      try (var statement = connection.createStatement();
          var row = statement.executeQuery("SELECT pg_backend_pid()")) {
        row.next();
        return row.getInt(1);
      }
    }
  }

  @Test
  void aDatabaseThatIsMissingAndAServerThatIsAwayAreUnavailable() {
    try (TenantConnectionPool pool = pool(2, 2, Duration.ofSeconds(1))) {
      for (int i = 0; i < 5; i++) {
        assertThatThrownBy(() -> pool.borrow(new DatabaseAddress("main", "missing")))
            .isInstanceOf(DatabaseUnavailableException.class);
        assertThatThrownBy(() -> pool.borrow(new DatabaseAddress("away", "postgres")))
            .isInstanceOf(DatabaseUnavailableException.class);
      }
      assertThat(pool.open()).isZero();
      try (Connection connection = pool.borrow(new DatabaseAddress("main", "postgres"))) {
        assertThat(connection).isNotNull();
      } catch (SQLException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Test
  void theBudgetMustHoldItsParts() {
    assertThatThrownBy(() -> new ConnectionBudget(10, 6, 5))
        .hasMessageContaining("connectionBudget (10)");
  }

  @Test
  void aServerIsPrintedWithoutItsPassword() {
    assertThat(
            new DatabaseServer("jdbc:postgresql://h:1/postgres?password=x", "u", "secret")
                .toString())
        .doesNotContain("secret")
        .doesNotContain("password");
  }

  private static TenantConnectionPool pool(int budget, int perDatabase, Duration borrowTimeout) {
    return new TenantConnectionPool(
        new TenantServers(
            Map.of(
                "main",
                new DatabaseServer(RealServers.postgres().jdbcUrl("postgres"), "postgres", ""),
                "away",
                new DatabaseServer("jdbc:postgresql://localhost:1/postgres", "postgres", "")),
            new ConnectionSettings(
                budget,
                perDatabase,
                borrowTimeout,
                Duration.ofSeconds(30),
                Duration.ofSeconds(2),
                Duration.ofSeconds(30),
                Duration.ofSeconds(10))));
  }

  private static String database(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT current_database()")) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static int sessions(Connection observer, String pattern) throws SQLException {
    try (var statement =
        observer.prepareStatement("SELECT count(*) FROM pg_stat_activity WHERE datname LIKE ?")) {
      statement.setString(1, pattern);
      try (var rows = statement.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }
}
