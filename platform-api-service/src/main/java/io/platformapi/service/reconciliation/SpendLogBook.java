package io.platformapi.service.reconciliation;

import io.micrometer.core.instrument.MeterRegistry;
import io.platformapi.routes.message.CallOwner;
import io.platformapi.routes.message.SpendPage;
import io.platformapi.routes.message.SpendRow;
import io.platformapi.routes.port.SpendBook;
import io.platformapi.routes.port.StoreUnavailableException;
import io.platformapi.routes.port.TenantDirectory;
import io.platformapi.service.persistence.DatabaseUnavailableException;
import io.platformapi.service.persistence.InAdmin;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.persistence.SqlFailure;
import io.platformapi.service.persistence.SqlWork;
import io.platformapi.service.persistence.UnknownDatabaseException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the gateway's rows, each in the database of the tenant that its team belongs to, and those
 * of no tenant in the admin database, where they can be looked for.
 *
 * <p>A tenant whose database is down does not hold up the others: its rows are left out and
 * counted, and its next run reads its window once more.
 */
public final class SpendLogBook implements SpendBook {
  private static final Logger LOG = LoggerFactory.getLogger(SpendLogBook.class);
  private static final String ALL = "";

  private final InAdmin admin;
  private final InTenant tenants;
  private final TenantDirectory directory;
  private final MeterRegistry meters;
  private final Clock clock;

  public SpendLogBook(
      InAdmin admin,
      InTenant tenants,
      TenantDirectory directory,
      MeterRegistry meters,
      Clock clock) {
    this.admin = admin;
    this.tenants = tenants;
    this.directory = directory;
    this.meters = meters;
    this.clock = clock;
  }

  @Override
  public Optional<Instant> watermark(String teamId) {
    return inAdmin(connection -> SpendLogSql.watermark(connection, key(teamId)));
  }

  @Override
  public void store(String teamId, SpendPage page) {
    Map<String, List<SpendRow>> byTenant = new TreeMap<>();
    List<SpendRow> orphans = new ArrayList<>();
    for (SpendRow row : page.rows()) {
      directory
          .tenantOf(new CallOwner(row.teamId(), row.organizationId(), null))
          .map(tenant -> byTenant.computeIfAbsent(tenant, key -> new ArrayList<>()))
          .orElse(orphans)
          .add(row);
    }
    Instant now = clock.instant();
    byTenant.forEach((tenant, rows) -> keep(tenant, rows, now));
    int unknown =
        inAdmin(
            connection -> {
              int kept = orphans.isEmpty() ? 0 : SpendLogSql.orphans(connection, orphans);
              SpendLogSql.reached(connection, key(teamId), page.watermark());
              return kept;
            });
    if (unknown > 0) {
      count("unknown_tenant", unknown);
      LOG.warn("{} rows of the spend log belong to no tenant; see spend_orphans", unknown);
    }
  }

  private void keep(String tenant, List<SpendRow> rows, Instant now) {
    try {
      tenants.sql(
          tenant,
          connection -> {
            GatewayCallSql.store(connection, rows, now);
            return null;
          });
    } catch (DatabaseUnavailableException | UnknownDatabaseException | SqlFailure e) {
      count("tenant_unavailable", rows.size());
      LOG.warn("{} rows of the spend log cannot be kept for {} now", rows.size(), tenant);
    }
  }

  private <T> T inAdmin(SqlWork<T> work) {
    try {
      return admin.sql(work);
    } catch (DatabaseUnavailableException e) {
      throw new StoreUnavailableException("the admin database is down", e);
    }
  }

  private void count(String outcome, int rows) {
    meters.counter("platform.spend.rows", "outcome", outcome).increment(rows);
  }

  private static String key(String teamId) {
    return teamId == null ? ALL : teamId;
  }
}
