package io.platformapi.service.bench;

import io.platformapi.service.audit.AuditEntry;
import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.http.Idempotency;
import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.outbox.OutboxEntry;
import io.platformapi.service.outbox.OutboxWriter;
import io.platformapi.service.persistence.ConnectionSettings;
import io.platformapi.service.tenant.CreationRequest;
import io.platformapi.service.tenant.NewTenant;
import io.platformapi.service.tenant.TenantFeature;
import io.platformapi.service.testing.TestDatabases;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Creating a tenant against the bare {@code CREATE DATABASE ... TEMPLATE} of the same template. */
final class TenantCreateBenchmark implements Benchmark {
  private static final int WARM_UP = 10;
  private static final int CREATIONS = 100;

  @Override
  public String name() {
    return "tenant-create";
  }

  @Override
  public BenchResult run(Progress progress) throws Exception {
    List<Class<?>> entities = new ArrayList<>(TenantFeature.entities());
    entities.add(AuditEntry.class);
    entities.add(OutboxEntry.class);
    try (TestDatabases node =
            TestDatabases.create(ConnectionSettings.ofBudget(8), entities, List.of());
        Connection bare = TestDatabases.connect("postgres")) {
      TenantFeature feature = feature(node);
      node.template.ensure(TestDatabases.SERVER);
      double[] ours = new double[CREATIONS];
      double[] base = new double[CREATIONS];
      for (int i = -WARM_UP; i < CREATIONS; i++) {
        double created = millis(create(feature, "bench-" + (i + WARM_UP)));
        double cloned = millis(() -> clone(bare, node.template.name()));
        if (i >= 0) {
          ours[i] = created;
          base[i] = cloned;
        }
      }
      progress.say(CREATIONS + " creations, each next to a bare one");
      return BenchResult.ofRounds(
          name(),
          ours,
          base,
          "ms",
          List.of(
              String.format(
                  Locale.ROOT,
                  "p99 ours %.1f ms, base %.1f ms",
                  BenchResult.percentile(ours, 0.99),
                  BenchResult.percentile(base, 0.99))));
    }
  }

  private static TenantFeature feature(TestDatabases node) {
    Clock clock = Clock.systemUTC();
    return new TenantFeature(
        node.inAdmin,
        node.adminSessions,
        node.servers,
        node.pool,
        node.template,
        new AuditLog(node.adminSessions, node.mapper, clock),
        new OutboxWriter(node.adminSessions, node.mapper, clock, id -> {}),
        new Idempotency(node.adminSessions, node.mapper, clock),
        clock,
        TestDatabases.SERVER,
        Duration.ofSeconds(30),
        id -> {},
        (step, id) -> {});
  }

  private static Work create(TenantFeature feature, String id) {
    return () ->
        feature
            .service()
            .create(
                new NewTenant(id, id, null, null, null, null, List.of("team-" + id), null),
                new CreationRequest(
                    "bench", id, Optional.of(new IdempotentRequest("bench", id, new byte[32]))),
                tenant -> Response.created(URI.create("/v1/tenants/" + id)).entity(tenant).build());
  }

  private static void clone(Connection connection, String template) throws Exception {
    try (var statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE bare_" + System.nanoTime() + " TEMPLATE " + template);
    }
  }

  private static double millis(Work work) throws Exception {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e6;
  }

  @FunctionalInterface
  private interface Work {
    void run() throws Exception;
  }
}
