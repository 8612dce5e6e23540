package io.platformapi.service.reconciliation;

import io.platformapi.routes.gateway.UpstreamException;
import io.platformapi.routes.message.RunProgress;
import io.platformapi.routes.message.RunState;
import io.platformapi.routes.port.LostClaimException;
import io.platformapi.routes.port.ReconciliationRuns;
import io.platformapi.routes.port.StoreUnavailableException;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.persistence.UnknownDatabaseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tenants' runs and their claims. A tenant that this node knows to have a run is looked at each
 * time; all are now and then, for runs whose node is no more and for those whose time has come.
 */
public final class TenantRuns implements ReconciliationRuns {
  private static final Logger LOG = LoggerFactory.getLogger(TenantRuns.class);

  private final InTenant inTenant;
  private final Supplier<List<String>> tenants;
  private final Scheduled scheduled;
  private final Settings settings;
  private final Clock clock;
  private final Set<String> noted = ConcurrentHashMap.newKeySet();
  private volatile Instant nextRound = Instant.MIN;

  /**
   * @param tenants all that have a database
   * @param scheduled asked at each visit of a tenant
   */
  public TenantRuns(
      InTenant inTenant,
      Supplier<List<String>> tenants,
      Scheduled scheduled,
      Settings settings,
      Clock clock) {
    this.inTenant = inTenant;
    this.tenants = tenants;
    this.scheduled = scheduled;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * @param round between two visits of all tenants' databases, which wakes idle ones
   * @param lease how long a node that has gone silent keeps a run
   * @param retry pause after the first attempt that failed; doubles up to an hour
   * @param attempts after which a run is given up
   */
  public record Settings(Duration round, Duration lease, Duration retry, int attempts) {}

  /** Starts the run of a tenant whose time has come; returns whether it did. */
  @FunctionalInterface
  public interface Scheduled {
    Scheduled NEVER = tenant -> false;

    boolean start(String tenantId);
  }

  /** Notes that a tenant has a run. */
  public void note(String tenantId) {
    noted.add(tenantId);
  }

  @Override
  public List<String> due() {
    Instant now = clock.instant();
    if (!nextRound.isAfter(now)) {
      List<String> all = tenants.get();
      nextRound = now.plus(settings.round());
      all.forEach(this::visit);
    }
    return List.copyOf(noted);
  }

  private void visit(String tenant) {
    try {
      if (inTenant.sql(tenant, ClaimSql::open) || scheduled.start(tenant)) {
        noted.add(tenant);
      }
    } catch (RuntimeException e) {
      LOG.warn("whether {} is to be reconciled cannot be known now: {}", tenant, e.getMessage());
    }
  }

  @Override
  public Optional<RunProgress> claim(String tenantId) {
    try {
      Optional<RunProgress> run =
          inTenant.sql(
              tenantId,
              connection ->
                  ClaimSql.claim(connection, tenantId, UUID.randomUUID(), settings.lease()));
      // One that another node has, or that must wait, is asked for again.
      if (run.isEmpty() && !inTenant.sql(tenantId, ClaimSql::open)) {
        noted.remove(tenantId);
      }
      return run;
    } catch (UnknownDatabaseException e) {
      noted.remove(tenantId);
      return Optional.empty();
    }
  }

  @Override
  public RunProgress reached(RunProgress run, RunState state) {
    // These two are written with what they stand for.
    if (state != RunState.PUBLISHED && state != RunState.COMPLETED) {
      inTenant.sql(
          run.tenantId(),
          connection -> {
            ClaimSql.renew(connection, run, settings.lease());
            ClaimSql.reached(connection, run, state);
            return null;
          });
    }
    return run.reached(state);
  }

  @Override
  public void failed(RunProgress run, Exception cause) {
    inTenant.sql(
        run.tenantId(),
        connection -> {
          ClaimSql.failed(connection, run, text(cause), settings.retry(), settings.attempts());
          return null;
        });
  }

  @Override
  public void release(RunProgress run) {
    inTenant.sql(
        run.tenantId(),
        connection -> {
          ClaimSql.release(connection, run);
          return null;
        });
  }

  /** What may be shown: the words of our own exceptions, of others only what they are. */
  private static String text(Exception cause) {
    boolean ours =
        cause instanceof UpstreamException
            || cause instanceof StoreUnavailableException
            || cause instanceof LostClaimException;
    return ours ? cause.getMessage() : cause.getClass().getSimpleName();
  }
}
