package io.platformapi.service.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.platformapi.service.local.LocalPostgres;
import io.platformapi.service.persistence.ConnectionSettings;
import io.platformapi.service.persistence.DatabaseUnavailableException;
import io.platformapi.service.persistence.Migrations;
import io.platformapi.service.testing.Latches;
import io.platformapi.service.testing.RealServers;
import io.platformapi.service.testing.TcpProxy;
import io.platformapi.service.testing.TestDatabases;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two nodes on one admin database: what one changes, the other does not go on believing. */
class CacheNodesTest {
  static final String WRITE =
      """
      INSERT INTO truth (key, value) VALUES (?, ?)
      ON CONFLICT (key) DO UPDATE SET value = excluded.value
      """;
  private static final String TRUTH = "CREATE TABLE truth (key text PRIMARY KEY, value text)";
  private static final String TENANT = "acme";
  private static final Duration SOON = Duration.ofMillis(50);
  private static final Duration NEVER = Duration.ofHours(1);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static TestDatabases databases;

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private CacheNode writer;
  private CacheNode reader;

  @BeforeAll
  static void createTenant() {
    databases = TestDatabases.create(ConnectionSettings.ofBudget(8), List.of(), List.of());
    databases.tenant(TENANT);
    TestDatabases.execute(databases.adminName, TRUTH);
    databases.inTenant.sql(
        TENANT,
        connection -> {
          try (var statement = connection.createStatement()) {
            return statement.execute(TRUTH);
          }
        });
  }

  @AfterAll
  static void closeDatabases() {
    databases.close();
  }

  @BeforeEach
  void start() {
    execute("TRUNCATE truth, changes, change_marks");
    databases.inTenant.sql(
        TENANT,
        connection -> {
          try (var statement = connection.createStatement()) {
            return statement.execute("TRUNCATE truth");
          }
        });
    writer = node(RealServers.postgres().port(), NEVER, NEVER);
    reader = node(RealServers.postgres().port(), NEVER, NEVER);
  }

  @AfterEach
  void stop() throws Exception {
    threads.shutdownNow();
    for (AutoCloseable part : opened) {
      part.close();
    }
  }

  @Test
  void aChangeIsInForceOnTheWritingNodeWhenItReturns() {
    assertThat(writer.cache.get("a")).isEqualTo("none");
    writer.change("a", "one");
    assertThat(writer.cache.get("a")).isEqualTo("one");
  }

  @Test
  void aChangeThatIsRolledBackIsNobodysBusiness() {
    reader.poller.poll();
    assertThatThrownBy(
            () ->
                writer.admin.transaction(
                    () -> {
                      writer.changes.record(CacheNode.KIND, "a");
                      throw new IllegalArgumentException("refused");
                    }))
        .isInstanceOf(IllegalArgumentException.class);
    reader.poller.poll();
    assertThat(writer.invalidations(ChangeSource.LOCAL)).isZero();
    assertThat(TestDatabases.single(databases.adminName, "SELECT count(*) FROM changes"))
        .isEqualTo("0");
  }

  @Test
  void aChangeIsRecordedOnlyInATransaction() {
    assertThatThrownBy(() -> writer.changes.record(CacheNode.KIND, "a"))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(
            () ->
                writer.admin.read(
                    () -> {
                      writer.changes.record(CacheNode.KIND, "a");
                      return null;
                    }))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theNextPollTellsTheOtherNodeWithoutRedis() {
    reader.poller.poll();
    assertThat(reader.cache.get("a")).isEqualTo("none");
    writer.change("a", "one");
    reader.poller.poll();
    assertThat(reader.cache.get("a")).isEqualTo("one");
    assertThat(reader.invalidations(ChangeSource.POLL)).isEqualTo(2);
    reader.poller.poll();
    assertThat(reader.invalidations(ChangeSource.POLL)).isEqualTo(2);
  }

  @Test
  void theBackgroundPollsByItself() {
    CacheNode polling = node(RealServers.postgres().port(), SOON, NEVER);
    polling.poller.start();
    assertThat(polling.cache.get("a")).isEqualTo("none");
    writer.change("a", "one");
    await().atMost(PATIENCE).until(() -> polling.cache.get("a").equals("one"));
    assertThat(polling.meters.get("platform.cache.poll.lag").timeGauge().value(TimeUnit.SECONDS))
        .isLessThan(5);
  }

  @Test
  void aHintTellsTheOtherNodeAtOnceAndAgainWhenRedisIsBack() throws Exception {
    TcpProxy redis = opened(new TcpProxy(RealServers.redis().port()));
    writer.listen(redis.port());
    reader.listen(redis.port());
    untilHintsArrive("before");

    reader.cache.get("a");
    writer.change("a", "one");
    await().atMost(Duration.ofSeconds(1)).until(() -> reader.cache.get("a").equals("one"));

    redis.cut();
    writer.change("a", "two");
    reader.poller.poll();
    assertThat(reader.cache.get("a")).isEqualTo("two");
    redis.restore();
    untilHintsArrive("after");
  }

  @Test
  void aTransactionThatCommitsLateIsNotSkipped() throws SQLException {
    try (Connection late = TestDatabases.connect(databases.adminName)) {
      late.setAutoCommit(false);
      try (var insert = late.createStatement()) {
        insert.execute("INSERT INTO truth VALUES ('late', 'one')");
        insert.execute("INSERT INTO changes (kind, key) VALUES ('policy', 'late')");
      }
      reader.poller.poll();
      for (int i = 0; i < 3; i++) {
        writer.change("other", "value-" + i);
        reader.poller.poll();
        assertThat(reader.cache.get("other")).isEqualTo("value-" + i);
      }
      assertThat(reader.cache.get("late")).isEqualTo("none");
      double told = reader.invalidations(ChangeSource.POLL);
      reader.poller.poll();
      assertThat(reader.invalidations(ChangeSource.POLL))
          .describedAs("what was told is not told again while the old transaction is open")
          .isEqualTo(told);

      late.commit();
    }
    reader.poller.poll();
    assertThat(reader.cache.get("late")).isEqualTo("one");
  }

  @Test
  void aChangeOfATenantsDatabaseIsTakenAsStaleUntilItIsSettled() throws Exception {
    Cache<String> cache = tenantCache(reader);
    reader.poller.poll();
    assertThat(cache.get("a")).isEqualTo("none");
    CountDownLatch committed = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Future<String> change =
        threads.submit(
            () ->
                writer.changes.around(
                    CacheNode.KIND,
                    "a",
                    () -> {
                      writeInTenant("a", "one");
                      committed.countDown();
                      Latches.pass(go);
                      return "done";
                    }));
    Latches.pass(committed);
    reader.poller.poll();
    assertThat(cache.get("a")).isEqualTo("one");
    double told = reader.invalidations(ChangeSource.POLL);
    reader.poller.poll();
    assertThat(reader.invalidations(ChangeSource.POLL)).isEqualTo(told + 1);

    go.countDown();
    assertThat(change.get(5, TimeUnit.SECONDS)).isEqualTo("done");
    assertThat(marks()).isZero();
    assertThat(writer.invalidations(ChangeSource.LOCAL)).isEqualTo(1);
    reader.poller.poll();
    reader.poller.poll();
    assertThat(reader.invalidations(ChangeSource.POLL)).isEqualTo(told + 2);
  }

  @Test
  void aChangeOfSeveralKeysIsOneChangeOfEach() {
    Cache<String> cache = tenantCache(reader);
    reader.poller.poll();
    List.of("a", "b", "c").forEach(cache::get);
    double told = reader.invalidations(ChangeSource.POLL);
    writer.changes.around(
        CacheNode.KIND,
        List.of("a", "b"),
        () -> {
          List.of("a", "b", "c").forEach(key -> writeInTenant(key, "new"));
          assertThat(marks()).isEqualTo(2);
          reader.poller.poll();
          return "done";
        });
    assertThat(marks()).isZero();
    assertThat(writer.invalidations(ChangeSource.LOCAL)).isEqualTo(2);
    reader.poller.poll();
    assertThat(reader.invalidations(ChangeSource.POLL)).isEqualTo(told + 4);
    assertThat(List.of("a", "b", "c")).extracting(cache::get).containsExactly("new", "new", "none");
  }

  @Test
  void aChangeWhoseWorkFailsIsSettledToo() {
    assertThatThrownBy(
            () ->
                writer.changes.around(
                    CacheNode.KIND,
                    "a",
                    () -> {
                      throw new IllegalArgumentException("refused");
                    }))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(marks()).isZero();
    assertThat(writer.invalidations(ChangeSource.LOCAL)).isEqualTo(1);
  }

  @Test
  void aChangeOfATenantsDatabaseIsNotMadeInsideAnotherTransaction() {
    assertThatThrownBy(
            () ->
                writer.admin.transaction(
                    () -> writer.changes.around(CacheNode.KIND, "a", () -> "never")))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(
            () ->
                databases.inTenant.transaction(
                    TENANT, () -> writer.changes.around(CacheNode.KIND, "a", () -> "never")))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theMarkOfACrashedWriterKeepsItsKeyStaleUntilItIsSettled() {
    Cache<String> cache = tenantCache(reader);
    reader.poller.poll();
    // The writer died between the tenant's commit and the settling.
    execute("INSERT INTO change_marks (kind, key) VALUES ('policy', 'a')");
    for (String value : List.of("one", "two")) {
      cache.get("a");
      writeInTenant("a", value);
      reader.poller.poll();
      assertThat(cache.get("a")).isEqualTo(value);
    }
    assertThat(marks()).isEqualTo(1);

    CacheNode impatient = node(RealServers.postgres().port(), NEVER, Duration.ZERO);
    writeInTenant("a", "three");
    impatient.poller.poll();
    assertThat(marks()).isZero();
    reader.poller.poll();
    assertThat(cache.get("a")).isEqualTo("three");
    double told = reader.invalidations(ChangeSource.POLL);
    reader.poller.poll();
    assertThat(reader.invalidations(ChangeSource.POLL)).isEqualTo(told);
  }

  @Test
  void theMarkOfALivingWriterIsKeptAliveHoweverLongItTakes() throws Exception {
    Duration patience = Duration.ofMillis(1_200);
    CacheNode slow = node(RealServers.postgres().port(), SOON, patience);
    CacheNode other = node(RealServers.postgres().port(), SOON, patience);
    slow.poller.start();
    other.poller.start();
    CountDownLatch go = new CountDownLatch(1);
    Future<String> change =
        threads.submit(
            () ->
                slow.changes.around(
                    CacheNode.KIND,
                    "a",
                    () -> {
                      Latches.pass(go);
                      return "done";
                    }));
    await().atMost(PATIENCE).until(() -> marks() == 1);
    await().during(patience.multipliedBy(2)).atMost(PATIENCE).until(() -> marks() == 1);
    go.countDown();
    change.get(5, TimeUnit.SECONDS);
    assertThat(marks()).isZero();
  }

  @Test
  void aChangeThatCannotBeSettledIsDoneAndSettledWhenTheAdminDatabaseIsBack() throws Exception {
    TcpProxy line = opened(new TcpProxy(RealServers.postgres().port()));
    CacheNode cut = node(line.port(), NEVER, NEVER);
    Cache<String> cache = tenantCache(cut);
    cache.get("a");
    String done =
        cut.changes.around(
            CacheNode.KIND,
            "a",
            () -> {
              writeInTenant("a", "one");
              line.cut();
              return "done";
            });
    assertThat(done).isEqualTo("done");
    assertThat(cache.get("a")).isEqualTo("one");
    assertThat(marks()).isEqualTo(1);
    line.restore();
    untilPolled(cut);
    assertThat(marks()).isZero();
  }

  @Test
  void withoutTheAdminDatabaseNoTenantsChangeIsBegun() throws Exception {
    TcpProxy line = opened(new TcpProxy(RealServers.postgres().port()));
    CacheNode cut = node(line.port(), NEVER, NEVER);
    line.cut();
    assertThatThrownBy(
            () ->
                cut.changes.around(
                    CacheNode.KIND,
                    "a",
                    () -> {
                      writeInTenant("a", "never");
                      return null;
                    }))
        .isInstanceOf(DatabaseUnavailableException.class);
    assertThat(tenantCache(writer).get("a")).isNotEqualTo("never");
  }

  @Test
  void whatIsKnownIsAnsweredWhileTheAdminDatabaseIsAwayAndWhatWasMissedIsLearntAfterwards()
      throws Exception {
    TcpProxy line = opened(new TcpProxy(RealServers.postgres().port()));
    CacheNode cut = node(line.port(), SOON, NEVER);
    cut.poller.start();
    assertThat(cut.cache.get("a")).isEqualTo("none");
    assertThat(cut.cache.get("same")).isEqualTo("none");
    line.cut();
    writer.change("a", "one");
    assertThat(cut.cache.get("a")).isEqualTo("none");
    assertThatThrownBy(() -> cut.cache.get("b")).isInstanceOf(DatabaseUnavailableException.class);
    double misses = misses(cut);
    line.restore();
    await().atMost(PATIENCE).until(() -> cut.cache.get("a").equals("one"));
    assertThat(cut.cache.get("same")).isEqualTo("none");
    assertThat(misses(cut)).describedAs("only what changed is asked anew").isEqualTo(misses + 1);
  }

  @Test
  void changesThatWerePurgedBeforeTheyWereReadInvalidateEverything() {
    reader.poller.poll();
    writer.poller.poll();
    reader.cache.get("a");
    writer.change("a", "one");
    writer.poller.poll();
    writer.poller.purge(Duration.ZERO);
    assertThat(TestDatabases.single(databases.adminName, "SELECT count(*) FROM changes"))
        .isEqualTo("0");
    reader.poller.poll();
    assertThat(reader.cache.get("a")).isEqualTo("one");

    writer.cache.get("b");
    double told = writer.invalidations(ChangeSource.POLL);
    writer.poller.poll();
    writer.poller.poll();
    assertThat(writer.invalidations(ChangeSource.POLL))
        .describedAs("one that has read them is not concerned")
        .isEqualTo(told);
  }

  @Test
  void afterAnotherServerHasTakenOverEverythingIsAskedAnew() throws Exception {
    try (LocalPostgres standby = LocalPostgres.start()) {
      TcpProxy line = opened(new TcpProxy(RealServers.postgres().port()));
      CacheNode node = node(line.port(), NEVER, NEVER);
      node.poller.poll();
      writer.change("a", "lost");
      assertThat(node.cache.get("a")).isEqualTo("lost");
      copyTo(standby);
      line.redirect(standby.port());
      untilPolled(node);
      assertThat(node.cache.get("a")).isEqualTo("none");
    }
  }

  /** The admin database as a standby has it that did not get the last change. */
  private static void copyTo(LocalPostgres standby) throws SQLException {
    standby.createDatabase(databases.adminName);
    try (Connection connection =
        DriverManager.getConnection(standby.jdbcUrl(databases.adminName), "postgres", "")) {
      new Migrations("migrations/admin.xml").migrate(connection);
      connection.setAutoCommit(true);
      try (var statement = connection.createStatement()) {
        statement.execute(TRUTH);
      }
    }
  }

  private CacheNode node(int postgresPort, Duration interval, Duration patience) {
    return opened(
        new CacheNode(databases.adminName, postgresPort, databases.inTenant, interval, patience));
  }

  private <T extends AutoCloseable> T opened(T part) {
    opened.add(0, part);
    return part;
  }

  private static Cache<String> tenantCache(CacheNode node) {
    return node.caches.keyed(
        CacheNode.KIND,
        "tenant-truth",
        key ->
            databases.inTenant.sql(
                TENANT,
                connection -> {
                  try (var select =
                      connection.prepareStatement("SELECT value FROM truth WHERE key = ?")) {
                    select.setString(1, key);
                    try (var row = select.executeQuery()) {
                      return row.next() ? row.getString(1) : "none";
                    }
                  }
                }),
        CacheOptions.of(100, NEVER));
  }

  private static void writeInTenant(String key, String value) {
    databases.inTenant.sql(
        TENANT,
        connection -> {
          try (var update = connection.prepareStatement(WRITE)) {
            update.setString(1, key);
            update.setString(2, value);
            return update.executeUpdate();
          }
        });
  }

  /** Subscriptions begin some time after the routes have, and after Redis is back. */
  private void untilHintsArrive(String key) {
    double before = reader.invalidations(ChangeSource.REDIS);
    await()
        .atMost(PATIENCE.multipliedBy(3))
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              writer.change(key, "value");
              return reader.invalidations(ChangeSource.REDIS) > before;
            });
  }

  private static void untilPolled(CacheNode node) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () -> {
              node.poller.poll();
              return true;
            });
  }

  private static int marks() {
    return Integer.parseInt(
        TestDatabases.single(databases.adminName, "SELECT count(*) FROM change_marks"));
  }

  private static double misses(CacheNode node) {
    return node.meters
        .get("platform.cache.gets")
        .tags("cache", "truth", "result", "miss")
        .functionCounter()
        .count();
  }

  private static void execute(String sql) {
    TestDatabases.execute(databases.adminName, sql);
  }
}
