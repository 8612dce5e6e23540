package io.platformapi.service.tenant;

import io.dropwizard.lifecycle.Managed;
import io.platformapi.service.concurrent.DaemonThreads;
import io.platformapi.service.persistence.InAdmin;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Goes on with creations that were cut off, at the start and now and then. */
public final class TenantResumer implements Managed {
  private static final Logger LOG = LoggerFactory.getLogger(TenantResumer.class);

  private final InAdmin admin;
  private final TenantDatabaseDao databases;
  private final TenantProvisioner provisioner;
  private final Clock clock;
  private final Duration interval;
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(new DaemonThreads("tenant-resumer"));

  TenantResumer(
      InAdmin admin,
      TenantDatabaseDao databases,
      TenantProvisioner provisioner,
      Clock clock,
      Duration interval) {
    this.admin = admin;
    this.databases = databases;
    this.provisioner = provisioner;
    this.clock = clock;
    this.interval = interval;
  }

  @Override
  public void start() {
    executor.scheduleWithFixedDelay(
        () -> resumeAll(interval), 0, interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void stop() {
    executor.shutdownNow();
  }

  /**
   * Goes on with every creation that has not moved for a while.
   *
   * @param quiet how long it must not have moved
   */
  void resumeAll(Duration quiet) {
    try {
      for (String tenantId : admin.read(() -> databases.unfinished(clock.instant().minus(quiet)))) {
        resume(tenantId);
      }
    } catch (RuntimeException e) {
      LOG.warn("unfinished tenants cannot be read: {}", e.getMessage());
    }
  }

  private void resume(String tenantId) {
    try {
      provisioner.resume(tenantId);
      LOG.info("went on with the creation of tenant {}", tenantId);
    } catch (RuntimeException e) {
      LOG.warn("tenant {} cannot be finished now: {}", tenantId, e.getMessage());
    }
  }
}
