package io.platformapi.service.quota.reservation;

import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.quota.balance.AlertWriter;
import io.platformapi.service.quota.balance.BalanceChanges;
import io.platformapi.service.quota.balance.BalanceCopy;
import io.platformapi.service.quota.balance.Cause;
import io.platformapi.service.quota.balance.GrantedBalances;
import io.platformapi.service.quota.balance.MissingBalancesException;
import io.platformapi.service.quota.balance.QuotaBooks;
import io.platformapi.service.quota.engine.Alerts;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceChange;
import io.platformapi.service.quota.engine.CallNames;
import io.platformapi.service.quota.engine.QuotaAmounts;
import io.platformapi.service.quota.engine.QuotaBook;
import io.platformapi.service.usage.LedgerCall;
import io.platformapi.service.usage.LedgerTenant;
import io.platformapi.service.usage.PostAgainException;
import io.platformapi.service.usage.SettlementKey;
import io.platformapi.service.usage.UsageFollower;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * Keeps balances and reservations up with the usage that the gateway tells of, in the transaction
 * that posts it.
 */
public final class QuotaFollower implements UsageFollower {
  private static final String QUERY =
      "SELECT version FROM quota_set;" + ReservationSql.LOCK_BY_CALL;

  private final QuotaBooks books;
  private final QuotaWork work;
  private final BalanceCopy copy;
  private final AlertWriter alerts;
  private final Clock clock;

  public QuotaFollower(
      QuotaBooks books, QuotaWork work, BalanceCopy copy, AlertWriter alerts, Clock clock) {
    this.books = books;
    this.work = work;
    this.copy = copy;
    this.alerts = alerts;
    this.clock = clock;
  }

  @Override
  public Following follow(LedgerTenant tenant, List<UsageRecord> calls) {
    return new Batch(tenant, books.get(tenant.id()), clock.instant());
  }

  /** What usage changes: of the balances that count it, and of what waited for it. */
  public static List<BalanceChange> changes(
      QuotaBook book,
      EventMatch match,
      List<UsageRecord> fresh,
      List<LedgerCall> takenBack,
      Instant now) {
    List<BalanceChange> changes = new ArrayList<>(match.freed());
    if (book.isEmpty()) {
      return changes;
    }
    for (UsageRecord call : fresh) {
      changes.addAll(
          book.changes(CallNames.of(call), QuotaAmounts.of(call), call.startedAt(), now));
    }
    for (LedgerCall call : takenBack) {
      changes.addAll(
          book.changes(
              CallNames.of(call.call()),
              QuotaAmounts.of(call).negated(),
              call.call().startedAt(),
              now));
    }
    return changes;
  }

  private final class Batch implements Following {
    private final LedgerTenant tenant;
    private final QuotaBook book;
    private final Instant now;
    private EventMatch match;
    private List<Balance> changed = List.of();

    Batch(LedgerTenant tenant, QuotaBook book, Instant now) {
      this.tenant = tenant;
      this.book = book;
      this.now = now;
    }

    @Override
    public String query() {
      return QUERY;
    }

    @Override
    public Collection<SettlementKey> read(PreparedStatement answered, List<UsageRecord> fresh)
        throws SQLException {
      ResultSet set = answered.getResultSet();
      set.next();
      long version = set.getLong(1);
      if (version != book.version()) {
        throw new PostAgainException(
            "the quotas have changed", () -> books.ofVersion(tenant.id(), version));
      }
      answered.getMoreResults();
      match = EventMatch.of(ReservationSql.read(answered.getResultSet()), fresh, now);
      return match.replaced();
    }

    @Override
    public void posted(
        Connection connection,
        UUID batch,
        List<UsageRecord> fresh,
        List<LedgerCall> takenBack,
        Instant at)
        throws SQLException {
      List<BalanceChange> changes = changes(book, match, fresh, takenBack, now);
      if (!changes.isEmpty()) {
        try {
          changed = BalanceChanges.apply(connection, changes, book, now);
          changed = GrantedBalances.follow(connection, changes, changed, book, now);
        } catch (MissingBalancesException e) {
          throw new PostAgainException(
              e.getMessage(), () -> work.make(tenant.id(), book, e.missing()));
        }
      }
      if (!match.changed().isEmpty()) {
        SqlQuotaTransaction.update(connection, match.changed());
      }
      List<Alerts> due = Alerts.of(book, changed, List.of(), now);
      alerts.write(connection, tenant, due, Cause.ofLedger(batch), now);
    }

    @Override
    public void committed() {
      if (!changed.isEmpty()) {
        copy.tell(tenant.id(), changed);
      }
    }
  }
}
