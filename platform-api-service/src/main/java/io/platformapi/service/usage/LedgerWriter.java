package io.platformapi.service.usage;

import io.platformapi.routes.message.StoreResult;
import io.platformapi.routes.message.UsageBatch;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.http.Uuid7;
import io.platformapi.service.persistence.Parameters;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
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
 * <p>Two round trips when no account is new and nothing follows: the events with the ids of the
 * accounts, then all that comes of the events that were not there yet.
 */
final class LedgerWriter {
  private static final String SOURCE = "gateway";
  static final String DEDUPLICATE = UsageEventSql.INSERT + ";" + AccountSql.SELECT;
  private static final String RECONCILE = UsageEventSql.INSERT_RECONCILED + ";" + AccountSql.SELECT;
  private static final Comparator<UsageRecord> EVENT_ORDER =
      Comparator.comparing(UsageRecord::startedAt).thenComparing(UsageRecord::eventId);

  /**
   * Stores what is new of the batch.
   *
   * @param following of the batch's calls
   * @throws ArithmeticException when a sum of the batch does not fit 64 bits
   */
  StoreResult write(
      Connection connection,
      LedgerTenant tenant,
      UsageBatch batch,
      UsageFollower.Following following)
      throws SQLException {
    UUID batchId = Uuid7.next();
    Instant now = timeOf(batchId);
    int snapshots =
        batch.snapshots().isEmpty() ? 0 : SnapshotSql.insert(connection, batch.snapshots(), now);
    int posted =
        batch.usage().isEmpty()
            ? 0
            : post(connection, tenant, distinct(batch.usage()), following, batchId, now);
    return new StoreResult(posted, batch.size() - posted - snapshots, snapshots);
  }

  private static int post(
      Connection connection,
      LedgerTenant tenant,
      List<UsageRecord> calls,
      UsageFollower.Following following,
      UUID batchId,
      Instant now)
      throws SQLException {
    Tally tally = Tally.of(tenant.id(), calls);
    Map<AccountKey, Long> accounts = new HashMap<>();
    First first = first(connection, DEDUPLICATE, calls, tally, accounts, following, batchId, now);
    if (first.fresh().isEmpty()) {
      return 0;
    }
    List<LedgerCall> takenBack =
        first.replaced().isEmpty()
            ? List.of()
            : SettlementSql.takeBack(connection, batchId, first.replaced());
    if (first.fresh().size() < calls.size() || !takenBack.isEmpty()) {
      tally = Tally.of(tenant.id(), first.fresh().stream().map(LedgerCall::of).toList(), takenBack);
    }
    LedgerPosting.post(
        connection,
        tenant,
        tally,
        accounts,
        new LedgerPosting.Header(batchId, now, SOURCE, first.fresh().size()));
    following.posted(connection, batchId, first.fresh(), takenBack, now);
    return first.fresh().size();
  }

  /**
   * Posts an adjustment: calls that were not there, and others with the opposite sign.
   *
   * @param following of the adjustment's calls
   * @throws StaleAdjustmentException when a call of it is there already, or one to be taken back is
   *     not
   */
  void adjust(
      Connection connection,
      LedgerTenant tenant,
      UUID batchId,
      LedgerAdjustment adjustment,
      UsageFollower.Following following)
      throws SQLException {
    Instant now = timeOf(batchId);
    List<UsageRecord> calls = distinct(adjustment.calls());
    Tally tally = Tally.of(tenant.id(), calls);
    Map<AccountKey, Long> accounts = new HashMap<>();
    First first = first(connection, RECONCILE, calls, tally, accounts, following, batchId, now);
    if (first.fresh().size() < adjustment.calls().size()) {
      throw new StaleAdjustmentException();
    }
    List<LedgerCall> takenBack =
        new ArrayList<>(TakeBackSql.takeBack(connection, batchId, adjustment.takenBack()));
    if (!first.replaced().isEmpty()) {
      takenBack.addAll(SettlementSql.takeBack(connection, batchId, first.replaced()));
    }
    following.posted(connection, batchId, first.fresh(), takenBack, now);
    tally = Tally.of(tenant.id(), first.fresh().stream().map(LedgerCall::of).toList(), takenBack);
    accountsOf(connection, tally, accounts);
    LedgerPosting.post(
        connection,
        tenant,
        tally,
        accounts,
        new LedgerPosting.Header(batchId, now, adjustment.source(), first.fresh().size()));
  }

  /** Ids of the accounts of a tally that are known and were not read yet. */
  private static void accountsOf(Connection connection, Tally tally, Map<AccountKey, Long> accounts)
      throws SQLException {
    List<AccountKey> keys =
        tally.accounts().keySet().stream().filter(key -> !accounts.containsKey(key)).toList();
    if (keys.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement(AccountSql.SELECT)) {
      AccountSql.bind(new Parameters(statement), keys);
      try (ResultSet rows = statement.executeQuery()) {
        AccountSql.read(rows, keys, accounts);
      }
    }
  }

  /** Each event once, in the order in which every writer takes their locks. */
  static List<UsageRecord> distinct(List<UsageRecord> calls) {
    Map<UUID, UsageRecord> byId = new HashMap<>();
    calls.forEach(call -> byId.putIfAbsent(call.eventId(), call));
    return byId.values().stream().sorted(EVENT_ORDER).toList();
  }

  /**
   * What the first round trip told.
   *
   * @param fresh calls that were not there yet
   * @param replaced settlements whose place they take
   */
  private record First(List<UsageRecord> fresh, Collection<SettlementKey> replaced) {}

  private static First first(
      Connection connection,
      String insert,
      List<UsageRecord> calls,
      Tally tally,
      Map<AccountKey, Long> accounts,
      UsageFollower.Following following,
      UUID batchId,
      Instant now)
      throws SQLException {
    List<AccountKey> keys = List.copyOf(tally.accounts().keySet());
    String query = following.query();
    String sql = PostingLock.SHARE + ";" + insert + (query.isEmpty() ? "" : ";" + query);
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Parameters parameters = new Parameters(statement);
      UsageEventSql.bind(parameters, calls, batchId, now);
      AccountSql.bind(parameters, keys);
      if (!query.isEmpty()) {
        parameters.add(calls.stream().map(UsageRecord::callId).toArray(String[]::new));
      }
      statement.execute();
      statement.getMoreResults();
      Set<UUID> inserted = new HashSet<>();
      ResultSet rows = statement.getResultSet();
      while (rows.next()) {
        inserted.add(rows.getObject(1, UUID.class));
      }
      statement.getMoreResults();
      AccountSql.read(statement.getResultSet(), keys, accounts);
      List<UsageRecord> fresh =
          calls.stream().filter(call -> inserted.contains(call.eventId())).toList();
      if (query.isEmpty() || fresh.isEmpty() && !calls.isEmpty()) {
        return new First(fresh, List.of());
      }
      statement.getMoreResults();
      return new First(fresh, following.read(statement, fresh));
    }
  }

  /** The time within a batch's id, so that the order of ids and of times is one. */
  static Instant timeOf(UUID batchId) {
    return Instant.ofEpochMilli(batchId.getMostSignificantBits() >>> 16);
  }
}
