package io.platformapi.service.cache;

import io.dropwizard.db.ManagedDataSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.routes.IntegrationRoutes;
import io.platformapi.routes.Ports;
import io.platformapi.routes.RoutesConfig;
import io.platformapi.routes.gateway.GatewayConfig;
import io.platformapi.routes.message.CallOwner;
import io.platformapi.routes.message.Invalidation;
import io.platformapi.routes.port.TenantDirectory;
import io.platformapi.service.config.AdminDatabaseConfiguration;
import io.platformapi.service.persistence.InAdmin;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.persistence.SessionFactories;
import io.platformapi.service.testing.RealServers;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.hibernate.SessionFactory;

/** The caches of one node, with lines of its own to the admin database and to Redis. */
final class CacheNode implements AutoCloseable {
  static final CacheKind KIND = CacheKind.POLICY;

  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final Caches caches = new Caches(meters);
  final InAdmin admin;
  final Changes changes;
  final ChangePoller poller;
  final Cache<String> cache;
  private final ManagedDataSource source;
  private final SessionFactory sessions;
  private final AtomicReference<IntegrationRoutes> routes = new AtomicReference<>();

  /**
   * @param tenant ways into tenant databases
   * @param patience after which a mark is settled that nobody keeps alive
   */
  CacheNode(
      String adminDatabase,
      int postgresPort,
      InTenant tenant,
      Duration interval,
      Duration patience) {
    AdminDatabaseConfiguration configuration = new AdminDatabaseConfiguration();
    configuration.setUrl("jdbc:postgresql://localhost:" + postgresPort + "/" + adminDatabase);
    configuration.setUser("postgres");
    configuration.setPassword("");
    configuration.setValidationInterval(io.dropwizard.util.Duration.milliseconds(0));
    this.source = configuration.build(new com.codahale.metrics.MetricRegistry(), "admin");
    this.sessions = new SessionFactories().admin(source, List.of());
    this.admin = new InAdmin(sessions, source);
    OpenMarks marks = new OpenMarks();
    this.changes =
        new Changes(
            admin,
            tenant,
            caches,
            marks,
            change ->
                Optional.ofNullable(routes.get())
                    .ifPresent(
                        present ->
                            present.invalidate(
                                new Invalidation(change.kind().code(), change.key()))));
    this.poller = new ChangePoller(admin, caches, marks, interval, patience, meters);
    this.cache =
        caches.keyed(KIND, "truth", this::truth, CacheOptions.of(100, Duration.ofHours(1)));
  }

  /** Takes part in hints. */
  void listen(int redisPort) {
    String name = "cache-" + UUID.randomUUID();
    RoutesConfig config =
        new RoutesConfig(
            RealServers.kafka().brokers(),
            name,
            name + "-retry",
            name + "-dead",
            name + "-platform",
            name,
            0,
            1,
            "localhost",
            redisPort,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            new GatewayConfig(URI.create("http://localhost:1")));
    IntegrationRoutes started =
        new IntegrationRoutes(
            config,
            new Ports(
                new Nobody(),
                (tenant, batch) -> {
                  throw new IllegalStateException("no usage here");
                },
                (limit, publisher) -> 0,
                caches::hinted),
            meters);
    started.start();
    routes.set(started);
  }

  /** Changes the truth and records it, in one transaction. */
  void change(String key, String value) {
    admin.sql(
        connection -> {
          try (var update = connection.prepareStatement(CacheNodesTest.WRITE)) {
            update.setString(1, key);
            update.setString(2, value);
            update.executeUpdate();
          }
          changes.record(KIND, key);
          return null;
        });
  }

  /** How many invalidations came that way. */
  double invalidations(ChangeSource from) {
    return meters
        .counter("platform.cache.invalidations", "kind", KIND.code(), "source", from.label())
        .count();
  }

  private String truth(String key) {
    return admin.sql(
        connection -> {
          try (var select = connection.prepareStatement("SELECT value FROM truth WHERE key = ?")) {
            select.setString(1, key);
            try (var row = select.executeQuery()) {
              return row.next() ? row.getString(1) : "none";
            }
          }
        });
  }

  @Override
  public void close() {
    poller.stop();
    caches.stop();
    Optional.ofNullable(routes.get()).ifPresent(IntegrationRoutes::stop);
    sessions.close();
    try {
      source.stop();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Nobody implements TenantDirectory {
    @Override
    public Optional<String> tenantOf(CallOwner owner) {
      return Optional.empty();
    }

    @Override
    public boolean knows(String tenantId) {
      return false;
    }
  }
}
