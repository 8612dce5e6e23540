package io.platformapi.service.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platformapi.service.audit.AuditAction;
import io.platformapi.service.audit.AuditEntry;
import io.platformapi.service.audit.AuditEvent;
import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.outbox.OutboxEvent;
import io.platformapi.service.outbox.OutboxWriter;
import io.platformapi.service.testing.TestDatabases;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class InTenantTest {
  private static final List<Class<?>> ENTITIES = List.of(AuditEntry.class);
  private static TestDatabases node;

  @BeforeAll
  static void start() {
    node =
        TestDatabases.create(
            new ConnectionSettings(
                4,
                2,
                Duration.ofSeconds(1),
                Duration.ofMillis(300),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofSeconds(10)),
            ENTITIES,
            ENTITIES);
    node.tenant("one");
    node.tenant("two");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void worksInTheDatabaseOfTheTenant() {
    String one = node.inTenant.sql("one", InTenantTest::currentDatabase);
    String two = node.inTenant.sql("two", InTenantTest::currentDatabase);
    String again =
        node.inTenant.transaction(
            "one",
            () ->
                node.tenantSessions
                    .getCurrentSession()
                    .doReturningWork(InTenantTest::currentDatabase));
    assertThat(one).startsWith("t_").isNotEqualTo(two).isEqualTo(again);
  }

  @Test
  void whatIsSaidToLeaveNothingIsNotCleanedUpAfterUnlessItFails() {
    node.tenant("clean");
    String set = "SELECT set_config('application_name', 'left', false), pg_backend_pid()";
    int pid = node.inTenant.sqlLeavingNothing("clean", c -> number(c, set));
    assertThat(node.inTenant.<Boolean>sqlLeavingNothing("clean", c -> left(c, pid))).isTrue();
    // What is used in any other way is left to the next unit as it was.
    assertThat(node.inTenant.<Boolean>sql("clean", c -> left(c, pid))).isTrue();
    assertThat(node.inTenant.<Boolean>sql("clean", c -> left(c, pid))).isFalse();
    assertThatThrownBy(
            () ->
                node.inTenant.sqlLeavingNothing(
                    "clean",
                    c -> {
                      number(c, set);
                      c.commit();
                      throw new IllegalStateException("on purpose");
                    }))
        .hasMessage("on purpose");
    assertThat(node.inTenant.<Boolean>sql("clean", c -> left(c, pid))).isFalse();
  }

  private static int number(Connection connection, String sql) throws java.sql.SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getInt(2);
    }
  }

  private static boolean left(Connection connection, int pid) throws java.sql.SQLException {
    try (var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "SELECT current_setting('application_name'), pg_backend_pid()")) {
      rows.next();
      assertThat(rows.getInt(2)).isEqualTo(pid);
      return rows.getString(1).equals("left");
    }
  }

  @Test
  void aReadLeavesNoReadOnlyConnectionToAWriterAtTheSameTime() {
    List<CompletableFuture<Void>> units =
        IntStream.range(0, 8)
            .mapToObj(i -> CompletableFuture.runAsync(() -> readAndWrite(i % 2 == 0)))
            .toList();
    assertThat(units).allSatisfy(unit -> assertThat(unit).succeedsWithin(Duration.ofSeconds(30)));
  }

  private static void readAndWrite(boolean reader) {
    for (int i = 0; i < 200; i++) {
      if (reader) {
        node.inAdmin.read(
            () -> node.adminSessions.getCurrentSession().doReturningWork(c -> pid(c)));
      } else {
        assertThat(
                node.inAdmin.<Boolean>transaction(
                    () -> node.adminSessions.getCurrentSession().doReturningWork(c -> writable(c))))
            .isTrue();
      }
    }
  }

  private static boolean writable(Connection connection) throws java.sql.SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("SHOW transaction_read_only")) {
      rows.next();
      return rows.getString(1).equals("off");
    }
  }

  @Test
  void refusesAnotherTenantInsideAUnitAndLeavesTheThreadClean() {
    assertThatThrownBy(
            () ->
                node.inTenant.transaction(
                    "one", () -> node.inTenant.transaction("two", () -> null)))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> node.inTenant.sql("one", c -> node.inTenant.sql("two", d -> null)))
        .isInstanceOf(IllegalStateException.class);
    assertThat(node.inTenant.<String>sql("two", InTenantTest::currentDatabase)).startsWith("t_");
    assertThatThrownBy(() -> node.tenantSessions.getCurrentSession())
        .hasMessageContaining("No session currently bound");
  }

  @Test
  void joinsAUnitOfTheSameTenantAndSeesItsChanges() {
    OutboxWriter outbox = outbox(new ArrayList<>());
    long seen =
        node.inTenant.transaction(
            "one",
            () -> {
              outbox.write(event("joined"));
              return node.inTenant.sql(
                  "one",
                  connection -> {
                    try (var statement = connection.createStatement();
                        var rows =
                            statement.executeQuery(
                                "SELECT count(*) FROM outbox WHERE value LIKE '%joined%'")) {
                      rows.next();
                      return rows.getLong(1);
                    }
                  });
            });
    assertThat(seen).isEqualTo(1);
  }

  @Test
  void anInnerUnitThatFailedIsNotCommittedByTheOuterOne() {
    OutboxWriter outbox = outbox(new ArrayList<>());
    assertThatThrownBy(
            () ->
                node.inTenant.transaction(
                    "two",
                    () -> {
                      try {
                        node.inTenant.transaction(
                            "two",
                            () -> {
                              outbox.write(event("half"));
                              throw new IllegalArgumentException("half done");
                            });
                      } catch (IllegalArgumentException expected) {
                        return null;
                      }
                      return null;
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(count("two", "half")).isZero();
  }

  @Test
  void tellsOfEventsOnlyAfterTheyAreCommitted() {
    List<String> told = new ArrayList<>();
    OutboxWriter outbox = outbox(told);
    AuditLog audit = new AuditLog(node.tenantSessions, node.mapper, Clock.systemUTC());
    assertThatThrownBy(
            () ->
                node.inTenant.transaction(
                    "one",
                    () -> {
                      outbox.write(event("never"));
                      throw new IllegalArgumentException("no");
                    }))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(told).isEmpty();
    node.inTenant.transaction(
        "one",
        () -> {
          outbox.write(event("told"));
          audit.record(
              new AuditEvent(
                  "me", AuditAction.TENANT_CREATED, "tenant/one", "one", "r", Map.of("a", 1)));
          return null;
        });
    assertThat(told).containsExactly("one");
    assertThat(count("one", "told")).isEqualTo(1);
    assertThat(count("one", "never")).isZero();
  }

  @Test
  void aReadCannotChange() {
    assertThatThrownBy(
            () ->
                node.inTenant.read(
                    "one",
                    () ->
                        node.inTenant.<Integer>sql(
                            "one", c -> c.createStatement().executeUpdate("DELETE FROM outbox"))))
        .isInstanceOf(SqlFailure.class);
  }

  @Test
  void theAuditLogIsAppendOnly() {
    assertThatThrownBy(
            () ->
                node.inTenant.<Integer>sql(
                    "one", c -> c.createStatement().executeUpdate("DELETE FROM audit_events")))
        .isInstanceOfSatisfying(SqlFailure.class, e -> assertThat(e.sqlState()).isEqualTo("23001"));
  }

  @Test
  void anUnknownTenantIsRefused() {
    assertThatThrownBy(() -> node.inTenant.read("nobody", () -> currentDatabaseOfSession()))
        .isInstanceOf(UnknownDatabaseException.class);
    assertThatThrownBy(() -> node.inTenant.sql("nobody", c -> null))
        .isInstanceOf(UnknownDatabaseException.class);
  }

  @Test
  void aKilledConnectionIsNotUsedAgain() {
    node.tenant("killed");
    assertThatThrownBy(
            () ->
                node.inTenant.sql(
                    "killed",
                    c -> {
                      TestDatabases.execute(
                          "postgres", "SELECT pg_terminate_backend(" + pid(c) + ")");
                      return currentDatabase(c);
                    }))
        .isInstanceOf(DatabaseUnavailableException.class);
    assertThat(node.inTenant.<String>sql("killed", InTenantTest::currentDatabase)).startsWith("t_");
  }

  @Test
  void nothingOfAUnitIsLeftToTheNext() {
    node.tenant("leftovers");
    int first =
        node.inTenant.sql(
            "leftovers",
            c -> {
              c.createStatement().execute("SET search_path TO nowhere");
              c.createStatement().execute("SELECT pg_advisory_lock(42)");
              return pid(c);
            });
    int second =
        node.inTenant.sql(
            "leftovers",
            c -> {
              try (var rows = c.createStatement().executeQuery("SHOW search_path")) {
                rows.next();
                assertThat(rows.getString(1)).doesNotContain("nowhere");
              }
              return pid(c);
            });
    assertThat(second).isEqualTo(first);
    assertThat(
            TestDatabases.single(
                "postgres",
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = " + first))
        .isEqualTo("0");
  }

  @Test
  void anIdleTenantHoldsNoConnection() {
    node.tenant("idle");
    String database = node.inTenant.sql("idle", InTenantTest::currentDatabase);
    Awaitility.await()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(
            () ->
                assertThat(
                        TestDatabases.single(
                            "postgres",
                            "SELECT count(*) FROM pg_stat_activity WHERE datname = '"
                                + database
                                + "'"))
                    .isEqualTo("0"));
  }

  @Test
  void aConnectionIsOfNoUseAfterItWasGivenBack() throws Exception {
    Connection[] kept = new Connection[1];
    node.inTenant.sql("one", c -> kept[0] = c);
    assertThatThrownBy(() -> kept[0].createStatement()).hasMessageContaining("given back");
    assertThat(kept[0].isClosed()).isTrue();
  }

  private static OutboxWriter outbox(List<String> told) {
    return new OutboxWriter(node.tenantSessions, node.mapper, Clock.systemUTC(), told::add);
  }

  private static OutboxEvent event(String mark) {
    return new OutboxEvent("test.done", "one", "default", "r", "me", Map.of("mark", mark));
  }

  private static int count(String tenant, String mark) {
    return node.inTenant.sql(
        tenant,
        c -> {
          try (var statement =
              c.prepareStatement("SELECT count(*) FROM outbox WHERE value LIKE ?")) {
            statement.setString(1, "%" + mark + "%");
            var rows = statement.executeQuery();
            rows.next();
            return rows.getInt(1);
          }
        });
  }

  private static String currentDatabaseOfSession() {
    return node.tenantSessions.getCurrentSession().doReturningWork(InTenantTest::currentDatabase);
  }

  private static String currentDatabase(Connection connection) throws java.sql.SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT current_database()")) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static int pid(Connection connection) throws java.sql.SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT pg_backend_pid()")) {
      rows.next();
      return rows.getInt(1);
    }
  }
}
