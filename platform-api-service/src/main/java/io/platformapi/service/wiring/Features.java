package io.platformapi.service.wiring;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.lifecycle.AutoCloseableManager;
import io.micrometer.core.instrument.MeterRegistry;
import io.platformapi.routes.IntegrationRoutes;
import io.platformapi.routes.Ports;
import io.platformapi.routes.gateway.Gateway;
import io.platformapi.routes.port.UpstreamCredentials;
import io.platformapi.service.PlatformConfiguration;
import io.platformapi.service.apikey.ApiKeyFeature;
import io.platformapi.service.apikey.ApiKeyResource;
import io.platformapi.service.audit.AttemptLog;
import io.platformapi.service.audit.AuditEntry;
import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.audit.RefusalAudit;
import io.platformapi.service.auth.AccessPolicy;
import io.platformapi.service.auth.ApiKeys;
import io.platformapi.service.auth.AuthAudit;
import io.platformapi.service.auth.Issuer;
import io.platformapi.service.auth.SigningKeys;
import io.platformapi.service.auth.TenantLookup;
import io.platformapi.service.auth.UserLookup;
import io.platformapi.service.cache.CacheKind;
import io.platformapi.service.cache.Caches;
import io.platformapi.service.cache.ChangePoller;
import io.platformapi.service.cache.Changes;
import io.platformapi.service.cache.OpenMarks;
import io.platformapi.service.config.PoliciesConfiguration;
import io.platformapi.service.health.PostgresCheck;
import io.platformapi.service.http.Idempotency;
import io.platformapi.service.http.IdempotencyBatch;
import io.platformapi.service.outbox.OutboxBatch;
import io.platformapi.service.outbox.OutboxRelay;
import io.platformapi.service.outbox.OutboxWriter;
import io.platformapi.service.persistence.DatabaseUnavailableException;
import io.platformapi.service.persistence.InAdmin;
import io.platformapi.service.persistence.TenantUpgrade;
import io.platformapi.service.persistence.UnknownDatabaseException;
import io.platformapi.service.policy.PolicyFeature;
import io.platformapi.service.quota.QuotaFeature;
import io.platformapi.service.quota.balance.BackgroundTells;
import io.platformapi.service.quota.balance.RecentBalances;
import io.platformapi.service.quota.balance.RedisBalances;
import io.platformapi.service.quota.balance.RedisCalls;
import io.platformapi.service.quota.balance.RedisRepairs;
import io.platformapi.service.signin.SignInFeature;
import io.platformapi.service.signin.TokenRevocations;
import io.platformapi.service.task.DeadLetterOperations;
import io.platformapi.service.task.OperatorTasks;
import io.platformapi.service.task.UpstreamOperations;
import io.platformapi.service.tenant.TenantDirectoryService;
import io.platformapi.service.tenant.TenantFeature;
import io.platformapi.service.tenant.TenantResource;
import io.platformapi.service.usage.AdjustmentStore;
import io.platformapi.service.usage.AlertResource;
import io.platformapi.service.usage.IngestResource;
import io.platformapi.service.usage.LedgerStore;
import io.platformapi.service.usage.LedgerTenant;
import io.platformapi.service.usage.LedgerTenants;
import io.platformapi.service.user.UserFeature;
import io.platformapi.service.user.UserResource;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import redis.clients.jedis.RedisClient;

/** The features: tenants, quotas, usage, and what they share. */
public final class Features {

  private final TenantDirectoryService directory;
  private final OutboxRelay relay;
  private final Hints hints;
  private final Caches caches;
  private final Changes changes;
  private final ChangePoller poller;
  private final LedgerStore ledger;
  private final AuditLog adminAudit;
  private final AttemptLog attempts;
  private final InAdmin admin;
  private final TokenRevocations revocations;
  private final TenantFeature tenants;
  private final ApiKeyFeature apiKeys;
  private final RedisClient redis;
  private final BackgroundTells tells;
  private final QuotaFeature quotas;
  private final UserFeature users;
  private final PolicyFeature policies;
  private final Reconciliations reconciliations;
  private final Upkeep upkeep;
  private final Clock clock;

  public Features(
      PlatformConfiguration configuration,
      Databases databases,
      Caches caches,
      ObjectMapper mapper,
      MeterRegistry meters,
      Clock clock) {
    this.clock = clock;
    this.caches = caches;
    directory =
        new TenantDirectoryService(
            databases.admin(), caches, configuration.tenants().directoryRefresh());
    relay =
        new OutboxRelay(
            databases.admin(),
            databases.tenant(),
            databases.locations(),
            configuration.tenants().outboxSweep());
    hints = new Hints(relay);
    OpenMarks marks = new OpenMarks();
    changes = new Changes(databases.admin(), databases.tenant(), caches, marks, hints::changed);
    poller =
        new ChangePoller(
            databases.admin(),
            caches,
            marks,
            configuration.cache().pollInterval().toJavaDuration(),
            configuration.tenants().longestOrphan(),
            meters);
    admin = databases.admin();
    revocations = new TokenRevocations(admin, caches, changes, clock);

    adminAudit = new AuditLog(databases.adminSessions(), mapper, clock);
    OutboxWriter adminOutbox =
        new OutboxWriter(
            databases.adminSessions(), mapper, clock, tenant -> hints.adminOutboxChanged());
    attempts = new AttemptLog(databases.admin(), adminAudit, meters, clock);
    tenants =
        new TenantFeature(
            databases.admin(),
            databases.adminSessions(),
            databases.servers(),
            databases.pool(),
            databases.template(),
            adminAudit,
            adminOutbox,
            new Idempotency(databases.adminSessions(), mapper, clock),
            clock,
            configuration.tenants().placement(),
            configuration.tenants().resumeInterval(),
            tenant -> changes.record(CacheKind.TENANT, tenant),
            this::followPlan,
            (step, tenant) -> {});
    apiKeys =
        new ApiKeyFeature(
            databases.admin(),
            databases.adminSessions(),
            adminAudit,
            adminOutbox,
            mapper,
            caches,
            changes,
            clock,
            configuration.apiKeys());

    PostgresCheck adminCheck = new PostgresCheck(databases.admin());
    redis = Redis.open(configuration.redis());
    LedgerTenants ledgerTenants = this::ledgerTenant;
    AuditLog tenantAudit = new AuditLog(databases.tenantSessions(), mapper, clock);
    OutboxWriter tenantOutbox =
        new OutboxWriter(databases.tenantSessions(), mapper, clock, hints::tenantOutboxChanged);
    Idempotency tenantIdempotency = new Idempotency(databases.tenantSessions(), mapper, clock);
    RedisCalls calls = new RedisCalls(redis, meters, System::nanoTime);
    RedisBalances balances =
        new RedisBalances(calls, configuration.quotas().copyLife(), meters, clock);
    tells = new BackgroundTells(balances);
    quotas =
        new QuotaFeature(
            databases.tenant(),
            databases.tenantSessions(),
            ledgerTenants,
            tenantAudit,
            tenantOutbox,
            tenantIdempotency,
            new IdempotencyBatch(mapper, clock),
            new OutboxBatch(mapper, clock),
            hints::tenantOutboxChanged,
            caches,
            changes,
            databases.locations(),
            new QuotaFeature.Platform(
                admin,
                adminAudit,
                new Idempotency(databases.adminSessions(), mapper, clock),
                mapper),
            RecentBalances.of(
                tells,
                caches,
                configuration.quotas().nearLife(),
                configuration.quotas().copyLife().dividedBy(2)),
            new RedisRepairs(calls, balances, configuration.quotas().copyLife()),
            new QuotaFeature.Settings(
                configuration.quotas().expiryPause(),
                configuration.quotas().round(),
                configuration.quotas().planPause(),
                configuration.quotas().repairInterval(),
                configuration.quotas().settleLinger()),
            meters,
            clock);
    ledger =
        new LedgerStore(
            databases.tenant(),
            ledgerTenants,
            () -> answers(adminCheck),
            hints::tenantOutboxChanged,
            quotas.follower(),
            clock);
    reconciliations =
        new Reconciliations(
            configuration,
            databases,
            directory,
            quotas,
            new AdjustmentStore(
                databases.tenant(),
                ledgerTenants,
                () -> answers(adminCheck),
                hints::tenantOutboxChanged,
                quotas.follower(),
                clock),
            hints,
            new Reconciliations.Shared(
                ledgerTenants,
                tenantAudit,
                tenantOutbox,
                tenantIdempotency,
                mapper,
                meters,
                clock));
    UsersAndRoles usersAndRoles = new UsersAndRoles();
    users =
        new UserFeature(
            databases.tenant(),
            databases.tenantSessions(),
            tenantAudit,
            tenantOutbox,
            tenantIdempotency,
            usersAndRoles,
            directory::provisionsUsers,
            caches,
            changes,
            configuration.policies().staleAtMost(),
            clock);
    policies =
        new PolicyFeature(
            databases.admin(),
            databases.tenant(),
            databases.tenantSessions(),
            tenantAudit,
            tenantOutbox,
            tenantIdempotency,
            usersAndRoles,
            caches,
            changes,
            policySettings(configuration.policies()),
            mapper,
            meters,
            clock);
    usersAndRoles.attach(users.directory(), policies);
    upkeep =
        new Upkeep(
            databases.servers(),
            databases.template(),
            new TenantUpgrade(databases.admin(), databases.pool(), databases.tenantMigrations()));
  }

  private void followPlan(String tenant) {
    quotas.followPlan(tenant);
  }

  /** Entity classes of the admin database. */
  public static List<Class<?>> adminEntities() {
    return Stream.of(TenantFeature.entities(), ApiKeyFeature.entities(), commonEntities())
        .flatMap(List::stream)
        .toList();
  }

  /** Entity classes of a tenant's database. */
  public static List<Class<?>> tenantEntities() {
    return Stream.concat(UserFeature.entities().stream(), commonEntities().stream()).toList();
  }

  private static List<Class<?>> commonEntities() {
    return List.of(AuditEntry.class);
  }

  public TenantLookup tenantLookup() {
    return directory;
  }

  public ApiKeys apiKeys() {
    return apiKeys.keys();
  }

  public UserLookup userLookup() {
    return users.directory();
  }

  /** What the callers of the endpoints may do. */
  public AccessPolicy accessPolicy() {
    return policies.access();
  }

  public AuthAudit refusals() {
    return new RefusalAudit(attempts);
  }

  /** What was revoked before its expiry; to be started. */
  public TokenRevocations revocations() {
    return revocations;
  }

  /** Signing in through an issuer. */
  public SignInFeature signIn(
      PlatformConfiguration configuration, Gateway gateway, Issuer issuer, SigningKeys keys) {
    return new SignInFeature(
        configuration.auth(),
        configuration.signIn(),
        gateway,
        issuer,
        keys,
        admin,
        adminAudit,
        attempts,
        directory,
        revocations,
        clock);
  }

  /** What the routes need from the features. */
  public Ports ports(UpstreamCredentials credentials) {
    return new Ports(
        directory, ledger, relay, caches::hinted, credentials, reconciliations.ports());
  }

  /** Serves the features, and starts what they do in the background. */
  public void register(
      PlatformConfiguration configuration, Environment environment, IntegrationRoutes routes) {
    hints.attach(routes);
    environment.lifecycle().manage(new AutoCloseableManager(redis));
    if (!configuration.quotas().nearLife().isZero()) {
      // Else the other nodes are to hear at once.
      environment.lifecycle().manage(tells);
    }
    environment.jersey().register(new TenantResource(tenants.service()));
    environment.jersey().register(new ApiKeyResource(apiKeys.service()));
    quotas.register(environment);
    environment.jersey().register(new IngestResource(routes));
    environment.jersey().register(new AlertResource(routes));
    environment.jersey().register(new UserResource(users.service()));
    policies.register(environment);
    // Where to read changes from is known before anything is loaded.
    environment.lifecycle().manage(poller);
    environment.lifecycle().manage(caches);
    environment.lifecycle().manage(tenants.resumer());
    environment.lifecycle().manage(apiKeys.background());
    environment.lifecycle().manage(attempts);
    environment.lifecycle().manage(upkeep);
    reconciliations.register(environment, routes);
    OperatorTasks tasks = new OperatorTasks(environment);
    new DeadLetterOperations(routes.deadLetters(), admin, adminAudit, clock).addTo(tasks);
    new UpstreamOperations(routes.gateway(), Upstreams.checks(configuration)).addTo(tasks);
    reconciliations.addTo(tasks, tenant -> directory.byId(tenant).isPresent());
  }

  private LedgerTenant ledgerTenant(String tenantId) {
    return new LedgerTenant(
        tenantId,
        directory.platformOf(tenantId).orElseThrow(() -> new UnknownDatabaseException(tenantId)),
        directory.currencyOf(tenantId).orElseThrow(() -> new UnknownDatabaseException(tenantId)));
  }

  private static PolicyFeature.Settings policySettings(PoliciesConfiguration configuration) {
    return new PolicyFeature.Settings(
        configuration.publicUrl(),
        configuration.staleAtMost(),
        configuration.decisionQueue(),
        configuration.decisionAge(),
        configuration.decisionRows());
  }

  private static boolean answers(PostgresCheck check) {
    try {
      check.run();
      return true;
    } catch (DatabaseUnavailableException e) {
      return false;
    }
  }
}
