package io.platformapi.service.tenant;

import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.http.Idempotency;
import io.platformapi.service.outbox.OutboxWriter;
import io.platformapi.service.persistence.InAdmin;
import io.platformapi.service.persistence.TenantConnectionPool;
import io.platformapi.service.persistence.TenantServers;
import io.platformapi.service.persistence.TenantTemplate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.hibernate.SessionFactory;

/** Puts the parts of the feature together; its DAOs and entities stay inside. */
public final class TenantFeature {
  private final TenantService service;
  private final TenantResumer resumer;

  /**
   * @param sessions the admin session factory
   * @param audit of the admin database
   * @param outbox of the admin database
   * @param idempotency of the admin database
   * @param placement name of the server for new tenants
   * @param resumeInterval pause between two looks for creations that were cut off
   * @param changed called with the id of a tenant in the transaction that changes it
   * @param planned called with the id of a tenant after its plan was set
   * @param listener hears of the steps of a creation
   */
  public TenantFeature(
      InAdmin admin,
      SessionFactory sessions,
      TenantServers servers,
      TenantConnectionPool pool,
      TenantTemplate template,
      AuditLog audit,
      OutboxWriter outbox,
      Idempotency idempotency,
      Clock clock,
      String placement,
      Duration resumeInterval,
      Consumer<String> changed,
      Consumer<String> planned,
      ProvisioningStep.Listener listener) {
    TenantDao tenants = new TenantDao(sessions);
    TenantDatabaseDao databases = new TenantDatabaseDao(sessions);
    CreationDao creations = new CreationDao(sessions);
    TenantProvisioner provisioner =
        new TenantProvisioner(
            admin,
            tenants,
            databases,
            creations,
            servers,
            pool,
            template,
            audit,
            outbox,
            idempotency,
            clock,
            changed,
            planned,
            listener);
    this.service =
        new TenantService(
            admin,
            tenants,
            databases,
            creations,
            provisioner,
            new TenantEditor(admin, tenants, audit, outbox, idempotency, clock, changed, planned),
            idempotency,
            clock,
            placement,
            listener);
    this.resumer = new TenantResumer(admin, databases, provisioner, clock, resumeInterval);
  }

  /** For the admin session factory. */
  public static List<Class<?>> entities() {
    return List.of(Tenant.class, TenantDatabase.class);
  }

  public TenantService service() {
    return service;
  }

  public TenantResumer resumer() {
    return resumer;
  }
}
