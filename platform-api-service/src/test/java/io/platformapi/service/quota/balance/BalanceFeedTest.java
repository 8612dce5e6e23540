package io.platformapi.service.quota.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.platformapi.service.quota.QuotaFixture;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.Quotas;
import io.platformapi.service.quota.engine.WindowKind;
import io.platformapi.service.testing.TestDatabases;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a real PostgreSQL tells of changes. */
class BalanceFeedTest {
  private static final int MOST = 100;

  private static QuotaFixture fixture;

  private String tenant;
  private BalanceNews.Seen seen;

  @BeforeAll
  static void start() {
    fixture = new QuotaFixture();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @BeforeEach
  void tenant() {
    tenant = fixture.newTenant();
    seen = BalanceNews.Seen.NOTHING;
    assertThat(news().whole()).isFalse();
  }

  @Test
  void whatWasChangedIsToldOnce() {
    execute(insert("ann", 5));
    assertThat(told()).containsExactly("ann 5");
    assertThat(told()).isEmpty();
    execute("UPDATE quota_balances SET used = 6, version = version + 1");
    assertThat(told()).containsExactly("ann 6");
    assertThat(told()).isEmpty();
  }

  @Test
  void whatIsCommittedLateIsToldWhenItIs() throws Exception {
    execute(insert("ann", 1) + ";" + insert("bob", 1));
    told();
    try (Connection early = connect();
        Connection late = connect()) {
      // Two transactions; the one that began first is committed last.
      run(early, "UPDATE quota_balances SET used = 2 WHERE subject = 'ann'");
      run(late, "UPDATE quota_balances SET used = 3 WHERE subject = 'bob'");
      late.commit();
      assertThat(told()).containsExactly("bob 3");
      assertThat(told()).isEmpty();
      early.commit();
      assertThat(told()).containsExactly("ann 2");
    }
  }

  @Test
  void aRowThatAnEarlierTransactionChangesAfterALaterOneIsTold() throws Exception {
    execute(insert("ann", 1));
    told();
    try (Connection early = connect()) {
      run(early, "SELECT pg_current_xact_id()");
      execute("UPDATE quota_balances SET used = 2 WHERE subject = 'ann'");
      assertThat(told()).containsExactly("ann 2");
      run(early, "UPDATE quota_balances SET used = 3 WHERE subject = 'ann'");
      early.commit();
      assertThat(told()).containsExactly("ann 3");
    }
  }

  @Test
  void whileALongTransactionIsOpenNothingIsToldTwice() throws Exception {
    try (Connection other = connect()) {
      run(other, "SELECT pg_current_xact_id()");
      for (int i = 0; i < 5; i++) {
        execute(insert("user-" + i, i));
        assertThat(told()).containsExactly("user-" + i + " " + i);
      }
      other.rollback();
    }
    assertThat(told()).isEmpty();
  }

  @Test
  void whatIsRolledBackIsNotTold() throws Exception {
    try (Connection other = connect()) {
      run(other, insert("ann", 1));
      other.rollback();
    }
    assertThat(told()).isEmpty();
  }

  @Test
  void ofMoreThanSoManyNoneIsTold() {
    execute(
        "INSERT INTO quota_balances (quota_id, subject, slot, used, held, version)"
            + " SELECT gen_random_uuid(), '', 'epoch', 1, 0, 1 FROM generate_series(1, 101)");
    BalanceNews news = news();
    assertThat(news.whole()).isFalse();
    assertThat(news.balances()).isEmpty();
    assertThat(told()).isEmpty();
  }

  @Test
  void partsOfRollingWindowsAreNotTold() {
    Quota rolling =
        Quotas.of(QuotaDimension.REQUESTS, QuotaWindow.rolling(java.time.Duration.ofHours(1)), 10);
    Quota fixed = Quotas.of(QuotaDimension.REQUESTS, QuotaWindow.of(WindowKind.LIFETIME), 10);
    fixture.put(tenant, List.of(rolling, fixed));
    execute(insert(rolling.id(), "ann", 1) + ";" + insert(fixed.id(), "bob", 1));
    assertThat(told()).containsExactly("bob 1");
  }

  @Test
  void ofAnotherServerOrTableNothingIsKnown() {
    execute(insert("ann", 1));
    BalanceNews.Seen right = seen;
    seen = new BalanceNews.Seen("another run", right.snapshot());
    assertThat(news().whole()).isFalse();
    // A cluster that was restored to an earlier state, and runs under the same name.
    seen = new BalanceNews.Seen(right.server(), "900000000000:900000000000:");
    assertThat(news().whole()).isFalse();
    execute("TRUNCATE quota_balances");
    seen = right;
    assertThat(news().whole()).isFalse();
    assertThat(news().whole()).isTrue();
  }

  @Test
  void anotherDatabaseOfTheServerIsAnotherOne() {
    String other = fixture.newTenant();
    BalanceNews.Seen there =
        fixture.store.transaction(
            other, transaction -> transaction.news(BalanceNews.Seen.NOTHING, MOST).now());
    assertThat(there.server()).isNotEqualTo(seen.server());
  }

  @Test
  void balancesAreStillUpdatedInPlace() {
    execute(many(1_000));
    alone("VACUUM ANALYZE quota_balances");
    for (int i = 0; i < 3; i++) {
      execute(
          "UPDATE quota_balances SET used = used + 1, version = version + 1 WHERE version < 5 AND slot = 'epoch' AND subject LIKE 's%7'");
    }
    execute("SELECT pg_stat_force_next_flush()");
    String[] updates =
        single(
                "SELECT n_tup_upd || ' ' || n_tup_hot_upd FROM pg_stat_user_tables"
                    + " WHERE relname = 'quota_balances'")
            .split(" ");
    assertThat(Long.parseLong(updates[0])).isPositive();
    assertThat(Long.parseLong(updates[1])).isEqualTo(Long.parseLong(updates[0]));
  }

  @Test
  void whatHasChangedOfManyIsFoundWithoutReadingAll() throws Exception {
    execute(many(100_000));
    alone("VACUUM ANALYZE quota_balances");
    news();
    execute("UPDATE quota_balances SET used = -7 WHERE used = 4711");
    String plan;
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT * FROM quota_balances"
                    + " WHERE changed >= "
                    + seen.snapshot().split(":")[0])) {
      rows.next();
      plan = rows.getString(1);
    }
    assertThat(plan).contains("Bitmap Index Scan").contains("quota_balances_changed");
    assertThat(told()).containsExactly("s4711 -7");
  }

  private static String many(int rows) {
    return "INSERT INTO quota_balances (quota_id, subject, slot, used, held, version)"
        + " SELECT '00000000-0000-0000-0000-000000000001', 's' || i, 'epoch', i, 0, 1"
        + " FROM generate_series(1, "
        + rows
        + ") i";
  }

  private BalanceNews news() {
    BalanceNews news =
        fixture.store.transaction(tenant, transaction -> transaction.news(seen, MOST));
    seen = news.now();
    return news;
  }

  private List<String> told() {
    BalanceNews news = news();
    assertThat(news.whole()).isTrue();
    return news.balances().stream().map(BalanceFeedTest::text).sorted().toList();
  }

  private static String text(Balance balance) {
    return balance.key().subject() + " " + balance.used();
  }

  private static String insert(String subject, long used) {
    return insert(new UUID(0, 1), subject, used);
  }

  private static String insert(UUID quota, String subject, long used) {
    return "INSERT INTO quota_balances (quota_id, subject, slot, used, held, version)"
        + " VALUES ('%s', '%s', 'epoch', %d, 0, 1)".formatted(quota, subject, used);
  }

  private void execute(String sql) {
    fixture.ledger.execute(tenant, sql);
  }

  /** Outside of a transaction. */
  private void alone(String sql) {
    TestDatabases.execute(single("SELECT current_database()"), sql);
  }

  private String single(String sql) {
    return fixture.ledger.single(tenant, sql);
  }

  private Connection connect() throws SQLException {
    Connection connection = TestDatabases.connect(single("SELECT current_database()"));
    connection.setAutoCommit(false);
    return connection;
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
