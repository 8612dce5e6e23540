package io.platformapi.service.quota;

import io.dropwizard.lifecycle.Managed;
import io.platformapi.service.concurrent.DaemonThreads;
import io.platformapi.service.persistence.InAdmin;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the plans' limits into the tenants' databases: after a change of the defaults, and of a
 * tenant's plan, one tenant after the other, each in its own transaction. Who is behind stands in
 * the admin database, so any node goes on where another stopped, and a tenant whose database is
 * away is visited again.
 */
final class PlanSync implements Managed {
  private static final Logger LOG = LoggerFactory.getLogger(PlanSync.class);
  private static final int AT_ONCE = 200;

  private final InAdmin admin;
  private final Plans plans;
  private final QuotaService quotas;
  private final Duration pause;
  private final PlanSql sql = new PlanSql();
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(new DaemonThreads("quota-plans"));

  /**
   * @param pause between two looks for tenants that are behind
   */
  PlanSync(InAdmin admin, Plans plans, QuotaService quotas, Duration pause) {
    this.admin = admin;
    this.plans = plans;
    this.quotas = quotas;
    this.pause = pause;
  }

  @Override
  public void start() {
    executor.scheduleWithFixedDelay(
        this::run, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void stop() {
    executor.shutdownNow();
  }

  /** Looks now. */
  void hurry() {
    if (!executor.isShutdown()) {
      executor.execute(this::run);
    }
  }

  /** Visits every tenant that is behind, once. */
  void run() {
    try {
      String last = "";
      List<String> behind;
      do {
        String after = last;
        behind = admin.sql(connection -> sql.behind(connection, after, AT_ONCE));
        for (String tenant : behind) {
          visit(tenant);
          last = tenant;
        }
      } while (behind.size() == AT_ONCE);
    } catch (RuntimeException e) {
      LOG.warn("the tenants that do not follow their plan cannot be read: {}", e.getMessage());
    }
  }

  /**
   * Makes a tenant follow its plan now.
   *
   * @throws io.platformapi.service.persistence.DatabaseUnavailableException when that cannot be
   */
  void follow(String tenant) {
    Plan plan = plans.of(tenant);
    quotas.follow(tenant, plan);
    admin.sql(
        connection -> {
          sql.followed(connection, tenant, plan.stamp());
          return null;
        });
  }

  /** The same, or later by whoever looks next. */
  void visit(String tenant) {
    try {
      follow(tenant);
    } catch (RuntimeException e) {
      LOG.warn("tenant {} cannot follow its plan now: {}", tenant, e.getMessage());
    }
  }
}
