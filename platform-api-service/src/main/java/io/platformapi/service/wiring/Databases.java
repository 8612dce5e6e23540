package io.platformapi.service.wiring;

import io.dropwizard.core.setup.Environment;
import io.dropwizard.db.ManagedDataSource;
import io.dropwizard.lifecycle.AutoCloseableManager;
import io.platformapi.service.PlatformConfiguration;
import io.platformapi.service.cache.CacheKind;
import io.platformapi.service.cache.CacheOptions;
import io.platformapi.service.cache.Caches;
import io.platformapi.service.cache.WhileAway;
import io.platformapi.service.persistence.ConnectionBudget;
import io.platformapi.service.persistence.CurrentTenant;
import io.platformapi.service.persistence.DatabaseAddress;
import io.platformapi.service.persistence.DatabaseUnavailableException;
import io.platformapi.service.persistence.InAdmin;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.persistence.Migrations;
import io.platformapi.service.persistence.SessionFactories;
import io.platformapi.service.persistence.TenantConnectionPool;
import io.platformapi.service.persistence.TenantConnections;
import io.platformapi.service.persistence.TenantDatabases;
import io.platformapi.service.persistence.TenantServers;
import io.platformapi.service.persistence.TenantTemplate;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.hibernate.SessionFactory;

/**
 * The databases: the admin database, brought up to date, and the way into the tenants' ones.
 *
 * @param adminSource connections to the admin database
 * @param adminSessions Hibernate sessions of the admin database
 * @param tenantSessions Hibernate sessions of the tenants' databases
 * @param admin runs work in the admin database
 * @param tenant runs work in a tenant's database
 * @param locations where each tenant's database is
 * @param servers the PostgreSQL servers that hold tenant databases
 * @param pool connections to tenant databases
 * @param tenantMigrations changelog of the tenant databases
 * @param template what new tenant databases are cloned from
 */
public record Databases(
    ManagedDataSource adminSource,
    SessionFactory adminSessions,
    SessionFactory tenantSessions,
    InAdmin admin,
    InTenant tenant,
    TenantDatabases locations,
    TenantServers servers,
    TenantConnectionPool pool,
    Migrations tenantMigrations,
    TenantTemplate template) {
  static final String ADMIN_CHANGELOG = "migrations/admin.xml";
  private static final String TENANT_CHANGELOG = "migrations/tenant.xml";
  private static final int MAX_ADDRESSES = 100_000;
  private static final Duration ADDRESS_LIFE = Duration.ofSeconds(60);
  private static final Duration LONGEST_OUTAGE = Duration.ofDays(30);

  /**
   * Migrates the admin database and opens everything.
   *
   * @param adminEntities entity classes of the admin database
   * @param tenantEntities entity classes of a tenant's database
   */
  public static Databases open(
      PlatformConfiguration configuration,
      Environment environment,
      Caches caches,
      List<Class<?>> adminEntities,
      List<Class<?>> tenantEntities) {
    checkBudget(configuration);
    ManagedDataSource source =
        configuration.adminDatabase().build(environment.metrics(), "admin-database");
    environment.lifecycle().manage(source);
    migrate(source);

    SessionFactories factories = new SessionFactories();
    SessionFactory adminSessions = factories.admin(source, adminEntities);
    InAdmin admin = new InAdmin(adminSessions, source);

    TenantServers servers =
        new TenantServers(
            configuration.tenants().servers(), configuration.tenants().connectionSettings());
    TenantConnectionPool pool = new TenantConnectionPool(servers);
    environment.lifecycle().manage(new AutoCloseableManager(pool));
    TenantDatabases locations = new TenantDatabases(admin, find -> addresses(caches, find));
    CurrentTenant current = new CurrentTenant();
    TenantConnections connections = new TenantConnections(locations, pool);
    SessionFactory tenantSessions = factories.tenant(connections, current, tenantEntities);
    environment.lifecycle().manage(new AutoCloseableManager(adminSessions));
    environment.lifecycle().manage(new AutoCloseableManager(tenantSessions));

    Migrations tenantMigrations = new Migrations(TENANT_CHANGELOG);
    return new Databases(
        source,
        adminSessions,
        tenantSessions,
        admin,
        new InTenant(tenantSessions, connections, current),
        locations,
        servers,
        pool,
        tenantMigrations,
        new TenantTemplate(servers, pool, tenantMigrations));
  }

  /** What is known is used for as long as the admin database is away: the data lie elsewhere. */
  private static Function<String, DatabaseAddress> addresses(
      Caches caches, Function<String, DatabaseAddress> find) {
    return caches.keyed(
            CacheKind.TENANT,
            "tenant-databases",
            find,
            CacheOptions.<DatabaseAddress>of(MAX_ADDRESSES, ADDRESS_LIFE)
                .whileAway(WhileAway.KEEP, LONGEST_OUTAGE))
        ::get;
  }

  private static void checkBudget(PlatformConfiguration configuration) {
    new ConnectionBudget(
        configuration.tenants().connectionBudget(),
        configuration.adminDatabase().getMaxSize(),
        configuration.tenants().connections());
  }

  private static void migrate(ManagedDataSource source) {
    try (Connection connection = source.getConnection()) {
      new Migrations(ADMIN_CHANGELOG).migrate(connection);
    } catch (SQLException e) {
      throw new DatabaseUnavailableException("cannot reach the admin database", e);
    }
  }
}
