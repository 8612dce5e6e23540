package io.platformapi.service.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import io.platformapi.service.testing.TestDatabases;
import io.platformapi.service.usage.UsagePartitions;
import java.sql.Connection;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.ClassLoaderResourceAccessor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TenantSchemaTest {
  private final Migrations today = new Migrations("migrations/tenant.xml");
  private final Migrations next = new Migrations("migrations/tenant-next.xml");
  private TestDatabases node;

  @BeforeEach
  void start() {
    node = TestDatabases.create(ConnectionSettings.ofBudget(6), List.of(), List.of());
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void aChangelogThatGrewHasAnotherNameAndAHigherVersion() {
    assertThat(next.version()).isEqualTo(today.version() + 1);
    assertThat(next.hash())
        .isNotEqualTo(today.hash())
        .isEqualTo(new Migrations("migrations/tenant-next.xml").hash());
  }

  @Test
  void aTemplateIsBuiltAnewForAnotherChangelogAndTheOldOneGoes() {
    TenantTemplate old = new TenantTemplate(node.servers, node.pool, today);
    TenantTemplate current = new TenantTemplate(node.servers, node.pool, next);
    old.ensure(TestDatabases.SERVER);
    current.ensure(TestDatabases.SERVER);
    assertThat(there(current.name())).isEqualTo("1");
    assertThat(there(old.name())).isEqualTo("0");
    old.forget(TestDatabases.SERVER);
    old.ensure(TestDatabases.SERVER);
    assertThat(there(old.name())).isEqualTo("1");
  }

  @Test
  void twoNodesBuildOneTemplateAndNobodyCanConnectToIt() {
    List<CompletableFuture<Void>> nodes =
        List.of(1, 2).stream()
            .map(
                n ->
                    CompletableFuture.runAsync(
                        () ->
                            new TenantTemplate(node.servers, node.pool, next)
                                .ensure(TestDatabases.SERVER)))
            .toList();
    nodes.forEach(CompletableFuture::join);
    String name = new TenantTemplate(node.servers, node.pool, next).name();
    assertThat(
            TestDatabases.single(
                "postgres",
                "SELECT datistemplate AND NOT datallowconn FROM pg_database WHERE datname = '"
                    + name
                    + "'"))
        .isEqualTo("t");
    assertThat(there(name + "_building")).isEqualTo("0");
  }

  @Test
  void databasesThatAreBehindAreUpgradedAndOneThatFailsHoldsNoOther() {
    node.tenant("fine");
    node.tenant("broken");
    String broken = node.inTenant.sql("broken", Connection::getCatalog);
    node.inTenant.sql(
        "broken", c -> c.createStatement().execute("CREATE TABLE next_version (id int)"));
    TenantUpgrade upgrade = new TenantUpgrade(node.inAdmin, node.pool, next);
    assertThat(upgrade.run()).containsExactly("broken");
    assertThat(version("fine")).isEqualTo(next.version());
    assertThat(version("broken")).isEqualTo(today.version());
    assertThat(
            node.inTenant.<Boolean>sql(
                "fine", c -> c.createStatement().execute("SELECT * FROM next_version")))
        .isTrue();
    TestDatabases.execute(broken, "DROP TABLE next_version");
    assertThat(upgrade.run()).isEmpty();
    assertThat(version("broken")).isEqualTo(next.version());
  }

  @Test
  void aMigrationThatWasKilledHalfWayDoesNotLockOutTheNext() {
    TestDatabases.execute(
        node.adminName,
        "UPDATE databasechangeloglock SET locked = true, lockedby = 'dead', lockgranted = now()");
    try (Connection connection = TestDatabases.connect(node.adminName)) {
      new Migrations("migrations/admin.xml").migrate(connection);
    } catch (java.sql.SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void everyChangeCanBeRolledBack() throws Exception {
    for (String changelog : List.of("migrations/admin.xml", "migrations/tenant-next.xml")) {
      String name = "rollback_" + changelog.replaceAll("[^a-z]", "_");
      TestDatabases.execute("postgres", "CREATE DATABASE " + name);
      Migrations migrations = new Migrations(changelog);
      try (Connection connection = TestDatabases.connect(name)) {
        migrations.migrate(connection);
        Liquibase liquibase =
            new Liquibase(
                changelog, new ClassLoaderResourceAccessor(), new JdbcConnection(connection));
        liquibase.rollback(migrations.version(), new Contexts(), new LabelExpression());
      }
      assertThat(
              TestDatabases.single(
                  name,
                  """
                  SELECT string_agg(tablename, ',') FROM pg_tables
                  WHERE schemaname = 'public' AND tablename NOT LIKE 'databasechangelog%'
                  """))
          .isNull();
    }
  }

  @Test
  void monthsThatWereThereBeforeTakeAdjustmentsToo() throws Exception {
    String name = "months_before_reconciliation";
    TestDatabases.execute("postgres", "CREATE DATABASE " + name);
    try (Connection connection = TestDatabases.connect(name)) {
      today.migrate(connection);
      Liquibase liquibase =
          new Liquibase(
              "migrations/tenant.xml",
              new ClassLoaderResourceAccessor(),
              new JdbcConnection(connection));
      int later =
          Integer.parseInt(
              TestDatabases.single(
                  name,
                  """
                  SELECT count(*) FROM databasechangelog WHERE orderexecuted >= (SELECT
                    orderexecuted FROM databasechangelog WHERE id = 'reconciliation-events')
                  """));
      liquibase.rollback(later, new Contexts(), new LabelExpression());
    }
    try (Connection connection = TestDatabases.connect(name)) {
      connection.setAutoCommit(false);
      new UsagePartitions(Clock.systemUTC())
          .create(connection, List.of(Instant.parse("2026-10-01T00:00:00Z")));
      connection.commit();
    }
    try (Connection connection = TestDatabases.connect(name)) {
      today.migrate(connection);
    }
    TestDatabases.execute(
        name,
        """
        INSERT INTO usage_events (started_at, event_id, call_id, status, cache_hit, stream,
          input_tokens, output_tokens, total_tokens, cost_nanos, batch_id, received_at, source)
        VALUES ('2026-10-01', gen_random_uuid(), 'c', 'success', false, false, 0, 0, 0, 0,
          gen_random_uuid(), now(), 'reconciliation')
        """);
    assertThat(TestDatabases.single(name, "SELECT count(*) FROM usage_events")).isEqualTo("1");
  }

  private int version(String tenant) {
    return Integer.parseInt(
        TestDatabases.single(
            node.adminName,
            "SELECT schema_version FROM tenant_databases WHERE tenant_id = '" + tenant + "'"));
  }

  private static String there(String database) {
    return TestDatabases.single(
        "postgres", "SELECT count(*) FROM pg_database WHERE datname = '" + database + "'");
  }
}
