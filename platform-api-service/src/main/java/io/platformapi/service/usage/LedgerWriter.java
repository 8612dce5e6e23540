package io.platformapi.service.usage;

import io.platformapi.routes.message.StoreResult;
import io.platformapi.routes.message.UsageBatch;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.http.Uuid7;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Writes a batch into a tenant's ledger on a connection whose transaction somebody else commits.
 *
 * <p>Two round trips when no account is new: the events with the ids of the accounts, then all that
 * follows from the events that were not there yet.
 */
final class LedgerWriter {
  private static final String SOURCE = "gateway";
  static final String DEDUPLICATE = UsageEventSql.INSERT + ";" + AccountSql.SELECT;
  static final String POST =
      String.join(
          ";",
          PostingSql.INSERT_BATCH,
          PostingSql.INSERT_POSTINGS,
          PostingSql.ADD_TO_COUNTERS,
          PostingSql.ANNOUNCE);
  private static final Comparator<UsageRecord> EVENT_ORDER =
      Comparator.comparing(UsageRecord::startedAt).thenComparing(UsageRecord::eventId);

  /**
   * Stores what is new of the batch.
   *
   * @throws ArithmeticException when a sum of the batch does not fit 64 bits
   */
  StoreResult write(Connection connection, LedgerTenant tenant, UsageBatch batch)
      throws SQLException {
    UUID batchId = Uuid7.next();
    Instant now = timeOf(batchId);
    int snapshots =
        batch.snapshots().isEmpty() ? 0 : SnapshotSql.insert(connection, batch.snapshots(), now);
    int posted = batch.usage().isEmpty() ? 0 : post(connection, tenant, batch, batchId, now);
    return new StoreResult(posted, batch.size() - posted - snapshots, snapshots);
  }

  private static int post(
      Connection connection, LedgerTenant tenant, UsageBatch batch, UUID batchId, Instant now)
      throws SQLException {
    List<UsageRecord> calls = distinct(batch.usage());
    Tally tally = Tally.of(tenant.id(), calls);
    Map<AccountKey, Long> accounts = new HashMap<>();
    Set<UUID> fresh = deduplicate(connection, calls, tally, accounts, batchId, now);
    if (fresh.isEmpty()) {
      return 0;
    }
    if (fresh.size() < calls.size()) {
      tally =
          Tally.of(
              tenant.id(), calls.stream().filter(call -> fresh.contains(call.eventId())).toList());
    }
    createMissing(connection, tally, accounts);
    LedgerRows rows = LedgerRows.of(tenant.id(), tally, accounts);
    insert(connection, tenant, rows, fresh.size(), batchId, now);
    return fresh.size();
  }

  /** Each event once, in the order in which every writer takes their locks. */
  static List<UsageRecord> distinct(List<UsageRecord> calls) {
    Map<UUID, UsageRecord> byId = new HashMap<>();
    calls.forEach(call -> byId.putIfAbsent(call.eventId(), call));
    return byId.values().stream().sorted(EVENT_ORDER).toList();
  }

  private static Set<UUID> deduplicate(
      Connection connection,
      List<UsageRecord> calls,
      Tally tally,
      Map<AccountKey, Long> accounts,
      UUID batchId,
      Instant now)
      throws SQLException {
    List<AccountKey> keys = List.copyOf(tally.accounts().keySet());
    try (PreparedStatement statement = connection.prepareStatement(DEDUPLICATE)) {
      Parameters parameters = new Parameters(statement);
      UsageEventSql.bind(parameters, calls, batchId, now);
      AccountSql.bind(parameters, keys);
      statement.execute();
      Set<UUID> fresh = new HashSet<>();
      ResultSet inserted = statement.getResultSet();
      while (inserted.next()) {
        fresh.add(inserted.getObject(1, UUID.class));
      }
      statement.getMoreResults();
      AccountSql.read(statement.getResultSet(), keys, accounts);
      return fresh;
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

  private static void insert(
      Connection connection,
      LedgerTenant tenant,
      LedgerRows rows,
      int events,
      UUID batchId,
      Instant now)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(POST)) {
      bindPost(new Parameters(statement), tenant, rows, events, batchId, now);
      statement.execute();
    }
  }

  static void bindPost(
      Parameters to, LedgerTenant tenant, LedgerRows rows, int events, UUID batchId, Instant now)
      throws SQLException {
    to.add(batchId).add(now).add(SOURCE).add(events).add(rows.postings().size());
    to.add(batchId);
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
        .add(batchId.toString())
        .add(now.toString())
        .add(rows.tenantAccount())
        .add(eventIds)
        .add(months);
  }

  /** The time within a batch's id, so that the order of ids and of times is one. */
  static Instant timeOf(UUID batchId) {
    return Instant.ofEpochMilli(batchId.getMostSignificantBits() >>> 16);
  }
}
