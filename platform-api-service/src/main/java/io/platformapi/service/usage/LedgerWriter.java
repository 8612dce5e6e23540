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
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Writes a batch into a tenant's ledger on a connection whose transaction somebody else commits.
 *
 * <p>Two round trips when no account is new: the events with the ids of the accounts, then all that
 * follows from the events that were not there yet.
 */
final class LedgerWriter {
  private static final String SOURCE = "gateway";
  private static final String DEDUPLICATE = UsageEventSql.INSERT + ";" + AccountSql.SELECT;
  private static final String POST =
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
    // The time within the id, so that the order of ids and of times is one.
    Instant now = Instant.ofEpochMilli(batchId.getMostSignificantBits() >>> 16);
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
    insert(connection, tenant, tally, accounts, fresh.size(), batchId, now);
    return fresh.size();
  }

  /** Each event once, in the order in which every writer takes their locks. */
  private static List<UsageRecord> distinct(List<UsageRecord> calls) {
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
      Tally tally,
      Map<AccountKey, Long> accounts,
      int events,
      UUID batchId,
      Instant now)
      throws SQLException {
    List<LedgerRow> postings = new ArrayList<>();
    List<LedgerRow> counters = new ArrayList<>();
    collect(tally, accounts, postings, counters);
    long tenantAccount = accounts.get(AccountKey.of(LedgerScope.TENANT, tenant.id()));
    long[] months =
        counters.stream()
            .filter(row -> row.account() == tenantAccount && row.kind().equals(LedgerRow.MONTH))
            .mapToLong(LedgerRow::hour)
            .toArray();
    String[] eventIds = new String[months.length];
    for (int i = 0; i < eventIds.length; i++) {
      eventIds[i] = Uuid7.next().toString();
    }
    try (PreparedStatement statement = connection.prepareStatement(POST)) {
      Parameters parameters = new Parameters(statement);
      parameters.add(batchId).add(now).add(SOURCE).add(events).add(postings.size());
      parameters.add(batchId);
      PostingSql.bindPostings(parameters, postings);
      PostingSql.bindCounters(parameters, counters);
      parameters
          .add(tenant.id())
          .add(tenant.platformId())
          .add(tenant.currency())
          .add(batchId.toString())
          .add(now.toString())
          .add(tenantAccount)
          .add(eventIds)
          .add(months);
      statement.execute();
    }
  }

  private static void collect(
      Tally tally,
      Map<AccountKey, Long> accounts,
      List<LedgerRow> postings,
      List<LedgerRow> counters) {
    tally
        .sources()
        .forEach(
            (scope, hours) ->
                hours.forEach(
                    (hour, amounts) ->
                        postings.add(
                            new LedgerRow(scope.sourceAccount(), LedgerRow.HOUR, hour, amounts))));
    tally
        .accounts()
        .forEach(
            (key, hours) -> {
              long account = accounts.get(key);
              Map<Long, Amounts> months = new TreeMap<>();
              hours.forEach(
                  (hour, amounts) -> {
                    LedgerRow row = new LedgerRow(account, LedgerRow.HOUR, hour, amounts);
                    postings.add(row);
                    counters.add(row);
                    months.computeIfAbsent(monthOf(hour), m -> new Amounts()).add(amounts);
                  });
              months.forEach(
                  (month, amounts) ->
                      counters.add(new LedgerRow(account, LedgerRow.MONTH, month, amounts)));
            });
    postings.sort(LedgerRow.KEY_ORDER);
    counters.sort(LedgerRow.KEY_ORDER);
  }

  /** Hour since the epoch in which the UTC month of an hour begins. */
  private static long monthOf(long hour) {
    OffsetDateTime time =
        Instant.ofEpochSecond(hour * Tally.SECONDS_PER_HOUR).atOffset(ZoneOffset.UTC);
    return time.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1).toEpochSecond()
        / Tally.SECONDS_PER_HOUR;
  }
}
