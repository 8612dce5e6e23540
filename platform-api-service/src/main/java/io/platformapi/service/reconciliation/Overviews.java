package io.platformapi.service.reconciliation;

import io.dropwizard.lifecycle.Managed;
import io.platformapi.service.concurrent.DaemonThreads;
import io.platformapi.service.persistence.InAdmin;
import io.platformapi.service.persistence.InTenant;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the meters of the reconciliation, on every node those of all tenants. */
public final class Overviews implements RunObserver, Managed {
  private static final Logger LOG = LoggerFactory.getLogger(Overviews.class);
  private static final Duration PAUSE = Duration.ofSeconds(15);

  private final InAdmin admin;
  private final InTenant inTenant;
  private final ReconciliationMeters meters;
  private final ScheduledExecutorService background =
      Executors.newSingleThreadScheduledExecutor(new DaemonThreads("reconciliation-overview"));
  private volatile OverviewSql.Overview last = new OverviewSql.Overview(null, null, null);

  Overviews(InAdmin admin, InTenant inTenant, ReconciliationMeters meters) {
    this.admin = admin;
    this.inTenant = inTenant;
    this.meters = meters;
    meters.watchAge(
        "open.age",
        "Age of the oldest difference that nobody has settled",
        () -> since(last.openSince()));
    meters.watchAge(
        "covered.lag",
        "Time since the end of what has been compared, of the tenant furthest behind",
        () -> since(last.coveredTo()));
    meters.watchAge(
        "pull.lag",
        "Time since the end of what has been read of the gateway's rows",
        () -> since(last.pulledTo()));
  }

  @Override
  public void start() {
    background.scheduleWithFixedDelay(this::refresh, 0, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void stop() {
    background.shutdownNow();
  }

  /** The run stands whatever happens here: it is told of once more by the next one. */
  @Override
  public void ended(String tenantId, ReconciliationRun run) {
    meters.ended(run);
    quietly(
        () -> {
          Instant openSince = inTenant.sql(tenantId, OverviewSql::openSince);
          admin.sql(
              connection -> {
                OverviewSql.ended(connection, tenantId, run, openSince);
                return null;
              });
        });
  }

  @Override
  public void decided(String tenantId) {
    quietly(
        () -> {
          Instant openSince = inTenant.sql(tenantId, OverviewSql::openSince);
          admin.sql(
              connection -> {
                OverviewSql.decided(connection, tenantId, openSince);
                return null;
              });
        });
  }

  private void refresh() {
    quietly(() -> last = admin.sql(OverviewSql::all));
  }

  private static void quietly(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.warn("the overview of reconciliations is not up to date: {}", e.getMessage());
    }
  }

  private static Optional<Instant> since(Instant time) {
    return Optional.ofNullable(time);
  }
}
