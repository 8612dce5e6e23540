package io.platformapi.service.testing;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.db.ManagedDataSource;
import io.dropwizard.jackson.Jackson;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.service.cache.CacheKind;
import io.platformapi.service.cache.CacheOptions;
import io.platformapi.service.cache.Caches;
import io.platformapi.service.config.AdminDatabaseConfiguration;
import io.platformapi.service.persistence.ConnectionSettings;
import io.platformapi.service.persistence.CurrentTenant;
import io.platformapi.service.persistence.DatabaseServer;
import io.platformapi.service.persistence.InAdmin;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.persistence.MaintenanceSession;
import io.platformapi.service.persistence.Migrations;
import io.platformapi.service.persistence.SessionFactories;
import io.platformapi.service.persistence.TenantConnectionPool;
import io.platformapi.service.persistence.TenantConnections;
import io.platformapi.service.persistence.TenantDatabases;
import io.platformapi.service.persistence.TenantServers;
import io.platformapi.service.persistence.TenantTemplate;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.hibernate.SessionFactory;

/**
 * A migrated admin database of its own on the shared real server, and what a node needs to work
 * with it and with tenant databases.
 */
public final class TestDatabases implements AutoCloseable {
  public static final String SERVER = "main";

  public final ObjectMapper mapper = Jackson.newObjectMapper();
  public final String adminName;
  public final ManagedDataSource adminSource;
  public final SessionFactory adminSessions;
  public final SessionFactory tenantSessions;
  public final InAdmin inAdmin;
  public final InTenant inTenant;
  public final TenantServers servers;
  public final TenantConnectionPool pool;
  public final TenantDatabases databases;
  public final TenantTemplate template;
  public final Caches caches = new Caches(new SimpleMeterRegistry());

  /** A new admin database. */
  public static TestDatabases create(
      ConnectionSettings settings, List<Class<?>> adminEntities, List<Class<?>> tenantEntities) {
    String name = "admin_" + UUID.randomUUID().toString().replace("-", "");
    execute("postgres", "CREATE DATABASE " + name);
    try (Connection connection = connect(name)) {
      new Migrations("migrations/admin.xml").migrate(connection);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return new TestDatabases(name, "postgres", settings, adminEntities, tenantEntities);
  }

  /** Another node on the same admin database. */
  public TestDatabases anotherNode(
      ConnectionSettings settings, List<Class<?>> adminEntities, List<Class<?>> tenantEntities) {
    return anotherNode("postgres", settings, adminEntities, tenantEntities);
  }

  /** Another node that uses the tenants' server as another role. */
  public TestDatabases anotherNode(
      String tenantUser,
      ConnectionSettings settings,
      List<Class<?>> adminEntities,
      List<Class<?>> tenantEntities) {
    return new TestDatabases(adminName, tenantUser, settings, adminEntities, tenantEntities);
  }

  private TestDatabases(
      String adminName,
      String tenantUser,
      ConnectionSettings settings,
      List<Class<?>> adminEntities,
      List<Class<?>> tenantEntities) {
    this.adminName = adminName;
    AdminDatabaseConfiguration admin = new AdminDatabaseConfiguration();
    admin.setUrl(RealServers.postgres().jdbcUrl(adminName));
    admin.setUser("postgres");
    admin.setPassword("");
    this.adminSource = admin.build(new com.codahale.metrics.MetricRegistry(), "admin");
    SessionFactories factories = new SessionFactories();
    this.adminSessions = factories.admin(adminSource, adminEntities);
    this.inAdmin = new InAdmin(adminSessions, adminSource);
    this.servers =
        new TenantServers(
            Map.of(
                SERVER,
                new DatabaseServer(RealServers.postgres().jdbcUrl("postgres"), tenantUser, "")),
            settings);
    this.pool = new TenantConnectionPool(servers);
    this.databases =
        new TenantDatabases(
            inAdmin,
            find ->
                caches.keyed(
                        CacheKind.TENANT,
                        "tenant-databases",
                        find,
                        CacheOptions.of(1_000, Duration.ofSeconds(60)))
                    ::get);
    CurrentTenant current = new CurrentTenant();
    TenantConnections connections = new TenantConnections(databases, pool);
    this.tenantSessions = factories.tenant(connections, current, tenantEntities);
    this.inTenant = new InTenant(tenantSessions, connections, current);
    this.template = new TenantTemplate(servers, pool, new Migrations("migrations/tenant.xml"));
  }

  /** A tenant with a database that is ready, without the ways of the product. */
  public void tenant(String id) {
    template.ensure(SERVER);
    String database = "t_" + UUID.randomUUID().toString().replace("-", "");
    try (MaintenanceSession session = new MaintenanceSession(servers, pool, SERVER)) {
      session.create(database, template.name());
    }
    execute(
        adminName,
        """
        INSERT INTO tenants (id, name, plan, platform_id, currency, state, created_at, updated_at,
          version)
        VALUES ('%1$s', '%1$s', 'free', 'default', 'USD', 'active', now(), now(), 1);
        INSERT INTO tenant_databases (tenant_id, server, name, state, schema_version)
        VALUES ('%1$s', 'main', '%2$s', 'ready', %3$d)
        """
            .formatted(id, database, template.version()));
  }

  public static void execute(String database, String sql) {
    try (Connection connection = connect(database);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  public static String single(String database, String sql) {
    try (Connection connection = connect(database);
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getString(1) : null;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  public static Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(RealServers.postgres().jdbcUrl(database), "postgres", "");
  }

  @Override
  public void close() {
    tenantSessions.close();
    adminSessions.close();
    pool.close();
    try {
      adminSource.stop();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
