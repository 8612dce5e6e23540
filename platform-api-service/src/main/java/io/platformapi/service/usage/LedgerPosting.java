package io.platformapi.service.usage;

import io.platformapi.service.http.Uuid7;
import io.platformapi.service.persistence.Parameters;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Posts a tally: the batch, its postings, what they add to the counters, and the event of it. */
final class LedgerPosting {
  static final String SQL =
      String.join(
          ";",
          PostingSql.INSERT_BATCH,
          PostingSql.INSERT_POSTINGS,
          PostingSql.ADD_TO_COUNTERS,
          PostingSql.ANNOUNCE);

  private LedgerPosting() {}

  /**
   * What a batch says of itself.
   *
   * @param source who told of the usage
   * @param events how many usage events are in it
   */
  record Header(UUID id, Instant at, String source, int events) {}

  /**
   * @param accounts ids of the accounts that are known already
   */
  static void post(
      Connection connection,
      LedgerTenant tenant,
      Tally tally,
      Map<AccountKey, Long> accounts,
      Header header)
      throws SQLException {
    createMissing(connection, tally, accounts);
    LedgerRows rows = LedgerRows.of(tenant.id(), tally, accounts);
    try (PreparedStatement statement = connection.prepareStatement(SQL)) {
      bind(new Parameters(statement), tenant, rows, header);
      statement.execute();
    }
  }

  private static void createMissing(
      Connection connection, Tally tally, Map<AccountKey, Long> accounts) throws SQLException {
    List<AccountKey> missing =
        tally.accounts().keySet().stream()
            .filter(key -> !accounts.containsKey(key))
            .sorted()
            .toList();
    if (!missing.isEmpty()) {
      AccountSql.create(connection, missing, tally.labels(), accounts);
    }
  }

  static void bind(Parameters to, LedgerTenant tenant, LedgerRows rows, Header header)
      throws SQLException {
    bindBatch(to, rows, header);
    bindRows(to, tenant, rows, header);
  }

  static void bindBatch(Parameters to, LedgerRows rows, Header header) throws SQLException {
    to.add(header.id()).add(header.at()).add(header.source()).add(header.events());
    to.add(rows.postings().size());
  }

  /** The postings, the counters and the events. */
  static void bindRows(Parameters to, LedgerTenant tenant, LedgerRows rows, Header header)
      throws SQLException {
    to.add(header.id());
    PostingSql.bindPostings(to, rows.postings());
    PostingSql.bindCounters(to, rows.counters());
    long[] months = rows.months();
    String[] eventIds = new String[months.length];
    for (int i = 0; i < eventIds.length; i++) {
      eventIds[i] = Uuid7.next().toString();
    }
    to.add(tenant.id())
        .add(tenant.platformId())
        .add(tenant.currency())
        .add(header.id().toString())
        .add(header.at().toString())
        .add(rows.tenantAccount())
        .add(eventIds)
        .add(months);
  }
}
