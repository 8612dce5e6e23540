package io.platformapi.service.tenant;

import io.platformapi.service.audit.AuditEntry;
import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.http.Idempotency;
import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.outbox.OutboxWriter;
import io.platformapi.service.persistence.ConnectionSettings;
import io.platformapi.service.testing.FullAccess;
import io.platformapi.service.testing.TestDatabases;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** One node of the service with the tenant feature, on a real server. */
public final class TenantNode implements AutoCloseable {
  public final TestDatabases databases;
  final TenantFeature feature;

  private TenantNode(TestDatabases databases, ProvisioningStep.Listener listener) {
    this(databases, id -> {}, listener);
  }

  private TenantNode(
      TestDatabases databases, Consumer<String> planned, ProvisioningStep.Listener listener) {
    this.databases = databases;
    Clock clock = Clock.systemUTC();
    this.feature =
        new TenantFeature(
            databases.inAdmin,
            databases.adminSessions,
            databases.servers,
            databases.pool,
            databases.template,
            new AuditLog(databases.adminSessions, databases.mapper, clock),
            new OutboxWriter(databases.adminSessions, databases.mapper, clock, id -> {}),
            new Idempotency(databases.adminSessions, databases.mapper, clock),
            clock,
            TestDatabases.SERVER,
            Duration.ofSeconds(30),
            id -> {},
            planned,
            listener);
  }

  /** A node on a new admin database. */
  public static TenantNode first() {
    return new TenantNode(
        TestDatabases.create(ConnectionSettings.ofBudget(10), entities(), List.of()),
        (step, id) -> {});
  }

  TenantNode another(ProvisioningStep.Listener listener) {
    return new TenantNode(
        databases.anotherNode(ConnectionSettings.ofBudget(10), entities(), List.of()), listener);
  }

  /** A node that is told when plans were set. */
  TenantNode planning(Consumer<String> planned) {
    return new TenantNode(
        databases.anotherNode(ConnectionSettings.ofBudget(10), entities(), List.of()),
        planned,
        (step, id) -> {});
  }

  /** A node whose role may not create databases. */
  TenantNode powerless(String role) {
    TestDatabases.execute("postgres", "CREATE ROLE " + role + " LOGIN");
    return new TenantNode(
        databases.anotherNode(role, ConnectionSettings.ofBudget(10), entities(), List.of()),
        (step, id) -> {});
  }

  Response create(String id, String key) {
    return create(new NewTenant(id, "Name", null, null, null, null, null, null, null), key);
  }

  /**
   * Creates a tenant as the API does.
   *
   * @param key for idempotency; null for none
   */
  public Response create(NewTenant tenant, String key) {
    return feature
        .service()
        .create(
            tenant,
            new CreationRequest(
                "tester",
                new FullAccess(),
                "request-1",
                Optional.ofNullable(key)
                    .map(
                        k ->
                            new IdempotentRequest(
                                "admin tester POST v1/tenants",
                                k,
                                tenant.toString().getBytes(StandardCharsets.UTF_8)))),
            created ->
                Response.created(URI.create("/v1/tenants/" + created.id()))
                    .entity(created)
                    .build());
  }

  String single(String sql) {
    return TestDatabases.single(databases.adminName, sql);
  }

  private static List<Class<?>> entities() {
    List<Class<?>> entities = new ArrayList<>(TenantFeature.entities());
    entities.add(AuditEntry.class);
    return entities;
  }

  @Override
  public void close() {
    databases.close();
  }
}
