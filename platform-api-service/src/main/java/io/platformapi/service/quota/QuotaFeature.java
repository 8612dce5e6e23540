package io.platformapi.service.quota;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.setup.Environment;
import io.micrometer.core.instrument.MeterRegistry;
import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.cache.CacheKind;
import io.platformapi.service.cache.Caches;
import io.platformapi.service.cache.Changes;
import io.platformapi.service.http.Idempotency;
import io.platformapi.service.http.IdempotencyBatch;
import io.platformapi.service.http.Uuid7;
import io.platformapi.service.outbox.OutboxBatch;
import io.platformapi.service.outbox.OutboxWriter;
import io.platformapi.service.persistence.InAdmin;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.persistence.TenantDatabases;
import io.platformapi.service.quota.balance.AlertWriter;
import io.platformapi.service.quota.balance.BalanceCopy;
import io.platformapi.service.quota.balance.CopyRepairs;
import io.platformapi.service.quota.balance.QuotaBooks;
import io.platformapi.service.quota.reservation.Chances;
import io.platformapi.service.quota.reservation.Checker;
import io.platformapi.service.quota.reservation.CopyRenewer;
import io.platformapi.service.quota.reservation.CopyRepair;
import io.platformapi.service.quota.reservation.CopyRepairer;
import io.platformapi.service.quota.reservation.Ender;
import io.platformapi.service.quota.reservation.Expiry;
import io.platformapi.service.quota.reservation.ExpirySweeper;
import io.platformapi.service.quota.reservation.Granter;
import io.platformapi.service.quota.reservation.Linger;
import io.platformapi.service.quota.reservation.QuotaFollower;
import io.platformapi.service.quota.reservation.QuotaStore;
import io.platformapi.service.quota.reservation.QuotaWork;
import io.platformapi.service.quota.reservation.RecentReservations;
import io.platformapi.service.quota.reservation.ReservationService;
import io.platformapi.service.quota.reservation.SqlQuotaStore;
import io.platformapi.service.quota.reservation.Standings;
import io.platformapi.service.usage.LedgerTenants;
import io.platformapi.service.usage.UsageFollower;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.hibernate.SessionFactory;

/** Puts the parts of the feature together; its SQL stays inside. */
public final class QuotaFeature {
  private final QuotaFollower follower;
  private final ExpirySweeper sweeper;
  private final CopyRenewer renewer;
  private final CopyRepairer repairer;
  private final ReservationService reservations;
  private final LedgerTenants tenants;
  private final QuotaService quotas;
  private final QuotaGrantService grants;
  private final QuotaStandingService standings;
  private final DefaultsService defaults;
  private final PlanSync plans;
  private final UsageService usage;
  private final LedgerService book;
  private final QuotaSimulationService simulations;
  private final Clock clock;

  /**
   * @param sessions the tenants' session factory; audit, outbox and idempotency are built on it too
   * @param databases of all tenants
   * @param outboxChanged told a tenant whose outbox has news; must only leave a note
   * @param copy of balances, for those who only ask
   * @param repairs the side of the copy on which the databases tell it what has changed
   */
  public QuotaFeature(
      InTenant inTenant,
      SessionFactory sessions,
      LedgerTenants tenants,
      AuditLog audit,
      OutboxWriter outbox,
      Idempotency idempotency,
      IdempotencyBatch idempotencyBatch,
      OutboxBatch outboxBatch,
      Consumer<String> outboxChanged,
      Caches caches,
      Changes changes,
      TenantDatabases databases,
      Platform platform,
      BalanceCopy copy,
      CopyRepairs repairs,
      Settings settings,
      MeterRegistry meters,
      Clock clock) {
    this.clock = clock;
    LoadedBooks loaded = new LoadedBooks(inTenant, caches);
    QuotaBooks books = new PlannedBooks(loaded, this::followPlanNow);
    AlertWriter alerts = new AlertWriter(outboxBatch, QuotaAlert::of);
    QuotaStore store =
        new SqlQuotaStore(inTenant, tenants, idempotencyBatch, alerts, outboxChanged, clock);
    QuotaWork work = new QuotaWork(store, books, clock);
    Expiry expiry = new Expiry(work, copy);
    this.follower = new QuotaFollower(loaded, work, copy, alerts, clock);
    this.sweeper =
        new ExpirySweeper(expiry, databases::ready, settings.expiryPause, settings.round, clock);
    this.renewer = new CopyRenewer(work, copy);
    this.repairer =
        new CopyRepairer(
            new CopyRepair(store, repairs, settings.repairInterval),
            repairs,
            settings.repairInterval,
            meters,
            System::nanoTime);
    RecentReservations known = new RecentReservations(caches);
    this.reservations =
        new ReservationService(
            store,
            books,
            new Granter(work, expiry, copy, Uuid7::next, known, new Chances()),
            new Ender(work, copy, Uuid7::next, known, new Chances()),
            new Checker(work, books, expiry, copy),
            new Linger(settings.settleLinger),
            sweeper::note,
            meters);
    this.tenants = tenants;
    this.defaults =
        new DefaultsService(
            platform.admin, platform.audit, platform.idempotency, platform.mapper, this::hurry);
    this.quotas =
        new QuotaService(
            told(changes),
            inTenant,
            sessions,
            tenants,
            defaults,
            audit,
            outbox,
            idempotency,
            clock);
    this.grants =
        new QuotaGrantService(
            told(changes),
            inTenant,
            sessions,
            tenants,
            defaults,
            quotas,
            audit,
            idempotency,
            clock);
    this.standings = new QuotaStandingService(new Standings(work, expiry), tenants);
    this.plans = new PlanSync(platform.admin, defaults, quotas, settings.planPause);
    this.usage = new UsageService(inTenant, tenants, clock);
    this.book = new LedgerService(inTenant, tenants);
    this.simulations = new QuotaSimulationService(inTenant, tenants, clock);
  }

  /** Keeps balances and reservations up with posted usage. */
  public UsageFollower follower() {
    return follower;
  }

  /** A tenant's quotas as they are now. */
  public PresentQuotas quotasOf(String tenantId) {
    return quotas.present(tenantId);
  }

  /** Serves the endpoints, and ends reservations in the background. */
  public void register(Environment environment) {
    environment.jersey().register(new ReservationResource(reservations, tenants, clock));
    environment.jersey().register(new QuotaCheckResource(reservations, tenants, clock));
    environment.jersey().register(new DefaultsResource(defaults));
    environment.lifecycle().manage(sweeper);
    environment.lifecycle().manage(renewer);
    environment.lifecycle().manage(repairer);
    environment.lifecycle().manage(plans);
    environment.jersey().register(new QuotaResource(quotas));
    environment.jersey().register(new QuotaGrantResource(grants));
    environment.jersey().register(new QuotaStandingResource(standings));
    environment.jersey().register(new UsageResource(usage, clock));
    environment.jersey().register(new LedgerResource(book));
    environment
        .jersey()
        .register(new QuotaSimulationResource(simulations, environment.getObjectMapper()));
  }

  /**
   * @param expiryPause between two looks for reservations that are over their time
   * @param round between two visits of all tenants' databases, which wakes idle ones
   * @param planPause between two looks for tenants that do not follow their plan yet
   * @param repairInterval between two looks for changes that the copy of balances may have missed
   * @param settleLinger for which who settles waits for others, at most
   */
  public record Settings(
      Duration expiryPause,
      Duration round,
      Duration planPause,
      Duration repairInterval,
      Duration settleLinger) {}

  /**
   * The admin database, where the plans are.
   *
   * @param audit of the admin database, as is idempotency
   */
  public record Platform(
      InAdmin admin, AuditLog audit, Idempotency idempotency, ObjectMapper mapper) {}

  /** Makes a tenant's limits follow its plan, now or as soon as its database is there. */
  public void followPlan(String tenantId) {
    plans.visit(tenantId);
  }

  private void followPlanNow(String tenantId) {
    plans.follow(tenantId);
  }

  private void hurry() {
    plans.hurry();
  }

  private static QuotaChanges told(Changes changes) {
    return new QuotaChanges() {
      @Override
      public <T> T around(String tenantId, Supplier<T> transaction) {
        return changes.around(CacheKind.QUOTA, tenantId, transaction);
      }
    };
  }
}
