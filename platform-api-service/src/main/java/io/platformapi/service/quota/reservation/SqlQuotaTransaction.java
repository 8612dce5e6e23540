package io.platformapi.service.quota.reservation;

import io.platformapi.service.http.IdempotencyBatch;
import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.persistence.SqlFailure;
import io.platformapi.service.persistence.SqlPart;
import io.platformapi.service.quota.balance.AlertWriter;
import io.platformapi.service.quota.balance.BalanceDerivation;
import io.platformapi.service.quota.balance.BalanceFeed;
import io.platformapi.service.quota.balance.BalanceNews;
import io.platformapi.service.quota.balance.BalanceSql;
import io.platformapi.service.quota.balance.GrantedBalances;
import io.platformapi.service.quota.balance.PastBalances;
import io.platformapi.service.quota.engine.Alerts;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaBook;
import io.platformapi.service.usage.LedgerCall;
import io.platformapi.service.usage.LedgerTenant;
import io.platformapi.service.usage.SettlementKey;
import io.platformapi.service.usage.SettlementWriter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;

/** A transaction on one connection, which somebody else commits. */
final class SqlQuotaTransaction implements QuotaTransaction {
  private static final String FORGET =
      """
      DELETE FROM reservations WHERE id IN (
        SELECT id FROM reservations WHERE state <> 'open' AND ended_at < ?
        ORDER BY ended_at LIMIT ? FOR UPDATE SKIP LOCKED)
      """;

  private final Connection connection;
  private final LedgerTenant tenant;
  private final IdempotencyBatch idempotency;
  private final SettlementWriter ledger;
  private final AlertWriter alerts;
  private boolean posted;

  SqlQuotaTransaction(
      Connection connection,
      LedgerTenant tenant,
      IdempotencyBatch idempotency,
      SettlementWriter ledger,
      AlertWriter alerts) {
    this.connection = connection;
    this.tenant = tenant;
    this.idempotency = idempotency;
    this.ledger = ledger;
    this.alerts = alerts;
  }

  /** Whether it has left an event in the outbox. */
  boolean posted() {
    return posted;
  }

  @Override
  public Opened open(Opening opening) {
    return sql(() -> new SqlOpening(opening, idempotency).run(connection));
  }

  @Override
  public Held hold(Holding holding) {
    return sql(() -> new SqlHolding(holding).run(connection));
  }

  @Override
  public List<Balance> settle(Settling settling) {
    return sql(
        () -> {
          List<SqlPart> postings = postings(settling.posting(), settling.book());
          return new SqlSettling(settling, postings).run(connection);
        });
  }

  private List<SqlPart> postings(Posting posting, QuotaBook book) {
    List<SqlPart> postings =
        ledger.parts(
            tenant, posting.batch(), posting.settled(), posting.takenBack(), book.hasGrants());
    posted |= !postings.isEmpty();
    return postings;
  }

  @Override
  public void make(SortedMap<BalanceKey, Quota> balances, Instant now) {
    sql(
        () -> {
          BalanceDerivation.make(connection, balances, now);
          return null;
        });
  }

  @Override
  public List<Balance> write(Writes writes, QuotaBook book, Instant now) {
    return sql(
        () -> {
          List<SqlPart> postings = postings(writes.posting(), book);
          List<Balance> changed =
              GrantedBalances.follow(
                  connection,
                  writes.changes(),
                  new SqlWriting(postings, writes, book, now).run(connection),
                  book,
                  now);
          if (!writes.answers().isEmpty() && !idempotency.store(connection, writes.answers())) {
            throw new ContendedException("a request was answered meanwhile", null);
          }
          List<Alerts> due = Alerts.of(book, changed, writes.refused(), now);
          posted |= alerts.write(connection, tenant, due, writes.cause(), now);
          return changed;
        });
  }

  static void update(Connection connection, List<Reservation> changed) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(ReservationSql.UPDATE)) {
      ReservationSql.bindUpdate(new Parameters(statement), changed);
      statement.executeUpdate();
    }
  }

  @Override
  public List<LedgerCall> takeBack(UUID batch, Collection<SettlementKey> settlements) {
    return sql(() -> ledger.takeBack(connection, batch, settlements));
  }

  @Override
  public Instant earliestExpiry() {
    return sql(
        () -> {
          try (PreparedStatement statement =
                  connection.prepareStatement(ReservationSql.EARLIEST_EXPIRY);
              ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getObject(1, OffsetDateTime.class).toInstant() : null;
          }
        });
  }

  @Override
  public Map<BalanceKey, Balance> read(SortedMap<BalanceKey, Quota> balances, Instant now) {
    return sql(() -> BalanceSql.read(connection, balances, now));
  }

  @Override
  public List<String> subjects(BalanceKey head, String after, int most) {
    return sql(() -> BalanceSql.subjects(connection, head, after, most));
  }

  @Override
  public BalanceNews news(BalanceNews.Seen before, int most) {
    return sql(() -> BalanceFeed.since(connection, before, most));
  }

  @Override
  public Optional<Reservation> find(UUID id) {
    return sql(
        () -> {
          try (PreparedStatement statement = connection.prepareStatement(ReservationSql.FIND)) {
            statement.setObject(1, id);
            try (ResultSet row = statement.executeQuery()) {
              return ReservationSql.read(row).stream().findFirst();
            }
          }
        });
  }

  @Override
  public int forget(QuotaBook book, Instant before, int most) {
    return sql(
        () -> {
          try (PreparedStatement statement = connection.prepareStatement(FORGET)) {
            new Parameters(statement).add(before).add(most);
            return Math.max(
                statement.executeUpdate(), PastBalances.remove(connection, book, before, most));
          }
        });
  }

  @FunctionalInterface
  private interface Sql<T> {
    T run() throws SQLException;
  }

  private static <T> T sql(Sql<T> work) {
    try {
      return work.run();
    } catch (SQLException e) {
      throw SqlFailure.of(e);
    }
  }
}
