package io.platformapi.service.quota;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.routes.message.UsageBatch;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.audit.AuditEntry;
import io.platformapi.service.cache.CacheKind;
import io.platformapi.service.cache.Caches;
import io.platformapi.service.cache.Change;
import io.platformapi.service.cache.ChangeSource;
import io.platformapi.service.http.IdempotencyBatch;
import io.platformapi.service.http.Uuid7;
import io.platformapi.service.outbox.OutboxBatch;
import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.quota.balance.AlertWriter;
import io.platformapi.service.quota.balance.BalanceCopy;
import io.platformapi.service.quota.balance.QuotaBooks;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.FailMode;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaGrant;
import io.platformapi.service.quota.reservation.Chances;
import io.platformapi.service.quota.reservation.Checker;
import io.platformapi.service.quota.reservation.Ender;
import io.platformapi.service.quota.reservation.Expiry;
import io.platformapi.service.quota.reservation.Granter;
import io.platformapi.service.quota.reservation.Linger;
import io.platformapi.service.quota.reservation.QuotaFollower;
import io.platformapi.service.quota.reservation.QuotaStore;
import io.platformapi.service.quota.reservation.QuotaWork;
import io.platformapi.service.quota.reservation.RecentReservations;
import io.platformapi.service.quota.reservation.ReservationService;
import io.platformapi.service.quota.reservation.SqlQuotaStore;
import io.platformapi.service.testing.SettableClock;
import io.platformapi.service.usage.LedgerFixture;
import io.platformapi.service.usage.LedgerStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** Tenants with quotas, balances and a ledger on the real server. */
public final class QuotaFixture implements AutoCloseable {
  public final SettableClock clock = new SettableClock(Instant.parse("2026-11-01T02:00:00Z"));
  public final LedgerFixture ledger = new LedgerFixture(AuditEntry.class);
  public final QuotaBooks books = new LoadedBooks(ledger.node.inTenant, ledger.node.caches);
  public final AlertWriter alerts =
      new AlertWriter(new OutboxBatch(ledger.node.mapper, clock), QuotaAlert::of);
  public final SqlQuotaStore store =
      new SqlQuotaStore(
          ledger.node.inTenant,
          LedgerFixture::tenantOf,
          new IdempotencyBatch(ledger.node.mapper, clock),
          alerts,
          tenant -> {},
          clock);
  public final QuotaWork work = new QuotaWork(store, books, clock);
  public final Expiry expiry = new Expiry(work, BalanceCopy.NONE);
  public final ReservationService reservations = service(books);
  public final LedgerStore usage = usage(books);

  /** The ledger of another node, which knows of quotas what its books say. */
  public LedgerStore usage(QuotaBooks nodesBooks) {
    return new LedgerStore(
        ledger.node.inTenant,
        LedgerFixture::tenantOf,
        () -> true,
        tenant -> {},
        new QuotaFollower(
            nodesBooks, new QuotaWork(store, nodesBooks, clock), BalanceCopy.NONE, alerts, clock),
        clock);
  }

  /** The reservations of another node, which knows of quotas what its books say. */
  public ReservationService service(QuotaBooks nodesBooks) {
    return service(store, nodesBooks);
  }

  /** The same on a store of its own. */
  public ReservationService service(QuotaStore nodesStore, QuotaBooks nodesBooks) {
    return service(nodesStore, nodesBooks, Linger.NONE);
  }

  /** The reservations of another node, whose settlements wait for each other. */
  public ReservationService service(Linger linger) {
    return service(store, books, linger);
  }

  private ReservationService service(QuotaStore nodesStore, QuotaBooks nodesBooks, Linger linger) {
    QuotaWork nodesWork = new QuotaWork(nodesStore, nodesBooks, clock);
    Expiry nodesExpiry = new Expiry(nodesWork, BalanceCopy.NONE);
    RecentReservations known = newMemory();
    return new ReservationService(
        nodesStore,
        nodesBooks,
        new Granter(nodesWork, nodesExpiry, BalanceCopy.NONE, Uuid7::next, known, new Chances()),
        new Ender(nodesWork, BalanceCopy.NONE, Uuid7::next, known, new Chances()),
        new Checker(nodesWork, nodesBooks, nodesExpiry, BalanceCopy.NONE),
        linger,
        (tenant, expiresAt) -> {},
        new SimpleMeterRegistry());
  }

  /** Grants as a node does that tells no copy. */
  public Granter granter() {
    return new Granter(work, expiry, BalanceCopy.NONE, Uuid7::next, newMemory(), new Chances());
  }

  /** What a node that has just started remembers of its reservations. */
  public static RecentReservations newMemory() {
    return new RecentReservations(new Caches(new SimpleMeterRegistry()));
  }

  /** The books of another node. */
  public QuotaBooks otherBooks() {
    return new LoadedBooks(ledger.node.inTenant, new Caches(new SimpleMeterRegistry()));
  }

  public String newTenant() {
    return ledger.newTenant();
  }

  /** Puts quotas in the place of a tenant's present ones, and tells no cache. */
  public void put(String tenant, Collection<Quota> quotas) {
    QuotaSql sql = new QuotaSql();
    ledger.node.inTenant.sql(
        tenant,
        connection -> {
          sql.lock(connection);
          QuotaDiff diff = QuotaDiff.of(sql.read(connection).quotas(), quotas);
          sql.change(connection, diff, FailMode.CLOSED);
          return null;
        });
  }

  /** Makes a grant, and tells no cache. */
  public void grant(String tenant, QuotaGrant grant) {
    changeGrants(
        tenant,
        (sql, connection) ->
            sql.insert(
                connection,
                new StoredGrant(grant, null, false, "", clock.instant(), "tests", null)));
  }

  /** Revokes one, and tells no cache. */
  public void revoke(String tenant, UUID grant) {
    changeGrants(
        tenant,
        (sql, connection) -> {
          sql.revoke(connection, grant);
          sql.forget(connection, clock.instant());
        });
  }

  private void changeGrants(String tenant, GrantChange change) {
    QuotaGrantSql sql = new QuotaGrantSql();
    ledger.node.inTenant.sql(
        tenant,
        connection -> {
          new QuotaSql().lock(connection);
          change.make(sql, connection);
          return sql.raise(connection);
        });
  }

  private interface GrantChange {
    void make(QuotaGrantSql sql, Connection connection) throws SQLException;
  }

  /** Tells the cache that a tenant's quotas have changed. */
  public void told(String tenant) {
    ledger.node.caches.invalidated(new Change(CacheKind.QUOTA, tenant), ChangeSource.LOCAL);
  }

  public void post(String tenant, List<UsageRecord> calls) {
    usage.store(tenant, new UsageBatch(calls, List.of()));
  }

  /** Makes a balance that stands as it is wanted, whatever the ledger has. */
  public void make(String tenant, Balance balance) {
    ledger.node.inTenant.sql(
        tenant,
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(
                  """
                  INSERT INTO quota_balances
                    (quota_id, subject, slot, used, held, version, told, exceeded_told, told_at)
                  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                  """)) {
            new Parameters(statement)
                .add(balance.key().quotaId())
                .add(balance.key().subject())
                .add(balance.key().window())
                .add(balance.used())
                .add(balance.held())
                .add(balance.version())
                .add(balance.told().threshold())
                .add(balance.told().exceeded())
                .add(balance.told().at());
            return statement.executeUpdate();
          }
        });
  }

  /** What is wrong with a tenant's ledger and balances. */
  public List<String> findings(String tenant) {
    List<String> findings = new ArrayList<>(ledger.findings(tenant));
    findings.addAll(
        ledger.node.inTenant.sql(tenant, c -> QuotaChecks.findings(c, clock.instant())));
    return findings;
  }

  @Override
  public void close() {
    ledger.close();
  }
}
