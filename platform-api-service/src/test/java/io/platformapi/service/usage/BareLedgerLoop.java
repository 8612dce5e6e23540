package io.platformapi.service.usage;

import io.platformapi.routes.message.UsageBatch;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.http.Uuid7;
import io.platformapi.service.persistence.Parameters;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The ledger's own statements in a bare JDBC loop: what the database alone allows, as the base of
 * benchmarks. All that is not SQL was done before it runs.
 */
public final class BareLedgerLoop {
  private final List<Prepared> batches = new ArrayList<>();

  private record Prepared(
      Connection connection,
      LedgerTenant tenant,
      List<UsageRecord> calls,
      List<AccountKey> keys,
      LedgerRows rows) {}

  /**
   * Prepares a batch; makes its partitions and accounts.
   *
   * @param connection of the tenant's database in manual commit mode, kept until the loop has run
   */
  public void add(Connection connection, LedgerTenant tenant, UsageBatch batch)
      throws SQLException {
    List<UsageRecord> calls = LedgerWriter.distinct(batch.usage());
    new UsagePartitions(Clock.systemUTC())
        .create(connection, calls.stream().map(UsageRecord::startedAt).toList());
    Tally tally = Tally.of(tenant.id(), calls);
    List<AccountKey> keys = tally.accounts().keySet().stream().sorted().toList();
    Map<AccountKey, Long> ids = new HashMap<>();
    AccountSql.create(connection, keys, tally.labels(), ids);
    connection.commit();
    batches.add(
        new Prepared(connection, tenant, calls, keys, LedgerRows.of(tenant.id(), tally, ids)));
  }

  /** Writes all batches, each in its transaction. */
  public void run() throws SQLException {
    for (Prepared batch : batches) {
      run(batch);
    }
  }

  private static void run(Prepared batch) throws SQLException {
    UUID id = Uuid7.next();
    Instant now = LedgerWriter.timeOf(id);
    Connection connection = batch.connection();
    try (PreparedStatement statement = connection.prepareStatement(LedgerWriter.DEDUPLICATE)) {
      Parameters parameters = new Parameters(statement);
      UsageEventSql.bind(parameters, batch.calls(), id, now);
      AccountSql.bind(parameters, batch.keys());
      statement.execute();
    }
    try (PreparedStatement statement = connection.prepareStatement(LedgerPosting.SQL)) {
      LedgerPosting.bind(
          new Parameters(statement),
          batch.tenant(),
          batch.rows(),
          new LedgerPosting.Header(id, now, "gateway", batch.calls().size()));
      statement.execute();
    }
    connection.commit();
  }
}
