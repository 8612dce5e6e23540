package io.platformapi.service.usage;

import io.platformapi.service.persistence.Parameters;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Writes what callers settled into a tenant's ledger, in a transaction of somebody else's that has
 * the posting lock and the settled reservations' rows.
 */
public final class SettlementWriter {
  private static final String SOURCE = "settlement";
  private static final String INSERT = SettlementSql.INSERT + ";" + AccountSql.SELECT;

  /**
   * Marks settlements as taken back by a batch.
   *
   * @return those that were there and were not taken back before
   */
  public List<LedgerCall> takeBack(
      Connection connection, UUID batch, Collection<SettlementKey> settlements)
      throws SQLException {
    return SettlementSql.takeBack(connection, batch, settlements);
  }

  /**
   * Posts settlements, and others with the opposite sign; the balances of quotas come after.
   *
   * @param settled each {@code eventId} is the reservation's, {@code startedAt} when it was made
   * @param takenBack by the same batch
   * @throws ArithmeticException when a sum does not fit 64 bits
   */
  public void post(
      Connection connection,
      LedgerTenant tenant,
      UUID batch,
      List<LedgerCall> settled,
      List<LedgerCall> takenBack)
      throws SQLException {
    if (settled.isEmpty() && takenBack.isEmpty()) {
      return;
    }
    Instant now = LedgerWriter.timeOf(batch);
    Tally tally = Tally.of(tenant.id(), settled, takenBack);
    List<AccountKey> keys = List.copyOf(tally.accounts().keySet());
    Map<AccountKey, Long> accounts = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
      Parameters parameters = new Parameters(statement);
      SettlementSql.bind(parameters, settled, batch, now);
      AccountSql.bind(parameters, keys);
      statement.execute();
      statement.getMoreResults();
      AccountSql.read(statement.getResultSet(), keys, accounts);
    }
    LedgerPosting.post(
        connection,
        tenant,
        tally,
        accounts,
        new LedgerPosting.Header(batch, now, SOURCE, settled.size()));
  }
}
