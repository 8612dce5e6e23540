package io.platformapi.service.usage;

import io.platformapi.routes.message.StoreResult;
import io.platformapi.routes.message.UsageBatch;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.persistence.ConnectionSettings;
import io.platformapi.service.testing.TestDatabases;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/** Tenants with a ledger on the real server, and a store that posts into them. */
public final class LedgerFixture implements AutoCloseable {
  private static final Duration SHORT = Duration.ofSeconds(10);
  private static final ConnectionSettings SETTINGS =
      new ConnectionSettings(8, 6, SHORT, SHORT, SHORT, Duration.ofSeconds(60), SHORT);

  public final TestDatabases node;
  public final LedgerStore store;

  public LedgerFixture(Class<?>... tenantEntities) {
    this.node = TestDatabases.create(SETTINGS, List.of(), List.of(tenantEntities));
    this.store = store(() -> true);
  }

  LedgerStore store(BooleanSupplier adminAnswers) {
    return new LedgerStore(
        node.inTenant,
        LedgerFixture::tenantOf,
        adminAnswers,
        tenant -> {},
        UsageFollower.NONE,
        Clock.systemUTC());
  }

  public static LedgerTenant tenantOf(String id) {
    return new LedgerTenant(id, "default", "USD");
  }

  public String newTenant() {
    String id = "t-" + UUID.randomUUID();
    node.tenant(id);
    return id;
  }

  public StoreResult store(String tenant, List<UsageRecord> calls) {
    return store.store(tenant, new UsageBatch(calls, List.of()));
  }

  public List<String> findings(String tenant) {
    return node.inTenant.sql(tenant, c -> new LedgerVerifier().findings(c, tenant));
  }

  /** Runs a statement as it stands, without what the product would check. */
  public void execute(String tenant, String sql) {
    node.inTenant.sql(
        tenant,
        connection -> {
          try (Statement statement = connection.createStatement()) {
            return statement.execute(sql);
          }
        });
  }

  public String single(String tenant, String sql) {
    return node.inTenant.sql(tenant, connection -> single(connection, sql));
  }

  static String single(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? row.getString(1) : null;
    }
  }

  /** First column of every row, as text. */
  public List<String> query(String tenant, String sql) {
    return node.inTenant.sql(
        tenant,
        connection -> {
          try (Statement statement = connection.createStatement();
              ResultSet rows = statement.executeQuery(sql)) {
            List<String> found = new ArrayList<>();
            while (rows.next()) {
              found.add(rows.getString(1));
            }
            return found;
          }
        });
  }

  @Override
  public void close() {
    node.close();
  }
}
