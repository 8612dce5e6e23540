package io.platformapi.service.usage;

import io.platformapi.service.persistence.SqlPart;
import java.sql.Connection;
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

  /** The header, the settlements, and the accounts that are new. */
  private static final String INSERT =
      "WITH made AS (%s), batch AS (%s) %s"
          .formatted(AccountSql.INSERT, PostingSql.INSERT_BATCH, SettlementSql.INSERT);

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
   * What posts settlements, and others with the opposite sign; the balances of quotas come after.
   * It needs no answer: who posts little and often saves the round trip in which the accounts' ids
   * are read.
   *
   * @param settled each {@code eventId} is the reservation's, {@code startedAt} when it was made
   * @param takenBack by the same batch
   * @param granted whether the tenant has grants
   * @return nothing when there is nothing to be posted
   * @throws ArithmeticException when a sum does not fit 64 bits
   */
  public List<SqlPart> parts(
      LedgerTenant tenant,
      UUID batch,
      List<LedgerCall> settled,
      List<LedgerCall> takenBack,
      boolean granted) {
    if (settled.isEmpty() && takenBack.isEmpty()) {
      return List.of();
    }
    Instant now = LedgerWriter.timeOf(batch);
    Tally tally = Tally.of(tenant.id(), settled, takenBack);
    List<AccountKey> keys = tally.accounts().keySet().stream().sorted().toList();
    LedgerRows rows = LedgerRows.of(tenant.id(), tally, places(keys));
    LedgerPosting.Header header = new LedgerPosting.Header(batch, now, SOURCE, settled.size());
    return List.of(
        new SqlPart(
            INSERT,
            to -> {
              AccountSql.bindInsert(to, keys, tally.labels());
              LedgerPosting.bindBatch(to, rows, header);
              SettlementSql.bind(to, settled, batch, now);
            }),
        new SqlPart(
            granted ? PostingSql.POST_BY_NAMES : PostingSql.POST_BY_NAMES_WITHOUT_GRANTS,
            to -> {
              AccountSql.bind(to, keys);
              LedgerPosting.bindRows(to, tenant, rows, header);
            }));
  }

  /** What stands for the accounts' ids: from -1 down. */
  private static Map<AccountKey, Long> places(List<AccountKey> keys) {
    Map<AccountKey, Long> places = new HashMap<>();
    keys.forEach(key -> places.put(key, -1L - places.size()));
    return places;
  }
}
