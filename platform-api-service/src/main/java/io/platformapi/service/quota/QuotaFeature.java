package io.platformapi.service.quota;

import io.dropwizard.core.setup.Environment;
import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.cache.CacheKind;
import io.platformapi.service.cache.Changes;
import io.platformapi.service.http.Idempotency;
import io.platformapi.service.outbox.OutboxWriter;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.usage.LedgerTenants;
import java.time.Clock;
import java.util.function.Supplier;
import org.hibernate.SessionFactory;

/** Puts the parts of the feature together; its SQL stays inside. */
public final class QuotaFeature {
  private final QuotaService quotas;
  private final UsageService usage;
  private final LedgerService book;
  private final Clock clock;

  /**
   * @param sessions the tenants' session factory; audit, outbox and idempotency are built on it too
   */
  public QuotaFeature(
      InTenant inTenant,
      SessionFactory sessions,
      LedgerTenants tenants,
      AuditLog audit,
      OutboxWriter outbox,
      Idempotency idempotency,
      Changes changes,
      Clock clock) {
    this.clock = clock;
    this.quotas =
        new QuotaService(
            told(changes), inTenant, sessions, tenants, audit, outbox, idempotency, clock);
    this.usage = new UsageService(inTenant, tenants, clock);
    this.book = new LedgerService(inTenant, tenants);
  }

  /** Serves the endpoints. */
  public void register(Environment environment) {
    environment.jersey().register(new QuotaResource(quotas));
    environment.jersey().register(new UsageResource(usage, clock));
    environment.jersey().register(new LedgerResource(book));
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
