package io.platformapi.service.reconciliation;

import io.platformapi.routes.message.CallOwner;
import io.platformapi.routes.message.RunProgress;
import io.platformapi.routes.message.RunState;
import io.platformapi.routes.message.SpendPage;
import io.platformapi.routes.message.SpendRow;
import io.platformapi.routes.port.ReconciliationBooks;
import io.platformapi.routes.port.SpendBook;
import io.platformapi.routes.port.TenantDirectory;
import io.platformapi.routes.port.TenantUnavailableException;
import io.platformapi.service.persistence.DatabaseUnavailableException;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.persistence.SqlWork;
import io.platformapi.service.reconciliation.SliceSql.Slice;
import io.platformapi.service.usage.AdjustmentStore;
import io.platformapi.service.usage.StaleAdjustmentException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A run's work in its tenant's database, in pieces of one transaction each. Every transaction first
 * renews the run's lease, so a node that has lost it changes nothing.
 */
public final class TenantBooks implements ReconciliationBooks {
  private final InTenant inTenant;
  private final TenantDirectory directory;
  private final Function<String, List<String>> teams;
  private final AdjustmentStore adjustments;
  private final Completion completion;
  private final Gateway gateway;
  private final Settings settings;
  private final Clock clock;

  /**
   * @param teams of a tenant at the gateway
   */
  public TenantBooks(
      InTenant inTenant,
      TenantDirectory directory,
      Function<String, List<String>> teams,
      AdjustmentStore adjustments,
      Completion completion,
      Gateway gateway,
      Settings settings,
      Clock clock) {
    this.inTenant = inTenant;
    this.directory = directory;
    this.teams = teams;
    this.adjustments = adjustments;
    this.completion = completion;
    this.gateway = gateway;
    this.settings = settings;
    this.clock = clock;
  }

  /** What a run asks of the gateway besides its rows, and the currency of what it tells. */
  public record Gateway(
      LimitPush limits, CounterReading counters, Function<String, String> currency) {}

  /**
   * How much is done in one transaction.
   *
   * @param lease see {@link TenantRuns.Settings}
   * @param sliceCalls calls of either side in a slice, beyond those of one minute
   * @param items classified or decided at once
   * @param batch items posted in one batch of the ledger
   */
  public record Settings(Duration lease, int sliceCalls, int items, int batch) {
    private static final int SLICE = 50_000;
    private static final int ITEMS = 20_000;
    private static final int BATCH = 500;

    public static Settings of(Duration lease) {
      return new Settings(lease, SLICE, ITEMS, BATCH);
    }
  }

  @Override
  public List<String> teams(RunProgress run) {
    List<String> found = teams.apply(run.tenantId());
    return found.isEmpty() ? Arrays.asList((String) null) : found;
  }

  @Override
  public SpendBook gatewaySide(RunProgress run) {
    return new SpendBook() {
      @Override
      public Optional<Instant> watermark(String teamId) {
        return work(run, connection -> FetchSql.reached(connection, run.runId(), teamId));
      }

      @Override
      public void store(String teamId, SpendPage page) {
        List<SpendRow> ours = page.rows().stream().filter(row -> isOf(run, row)).toList();
        work(
            run,
            connection -> {
              GatewayCallSql.store(connection, ours, clock.instant());
              FetchSql.stored(connection, run.runId(), teamId, page.watermark(), ours.size());
              return null;
            });
      }
    };
  }

  private boolean isOf(RunProgress run, SpendRow row) {
    return directory
        .tenantOf(new CallOwner(row.teamId(), row.organizationId(), null))
        .filter(run.tenantId()::equals)
        .isPresent();
  }

  @Override
  public boolean load(RunProgress run) {
    return work(run, connection -> SliceSql.cutNext(connection, run, settings.sliceCalls()));
  }

  @Override
  public boolean match(RunProgress run) {
    return work(
        run,
        connection -> {
          Optional<Slice> slice = SliceSql.nextUnmatched(connection, run.runId());
          if (slice.isPresent()) {
            MatchSql.match(connection, run.runId(), slice.get());
            return true;
          }
          LeftoverSql.match(connection, run);
          return false;
        });
  }

  @Override
  public boolean classify(RunProgress run) {
    return work(
        run,
        connection -> ClassifySql.classify(connection, run, settings.items()) == settings.items());
  }

  @Override
  public boolean decide(RunProgress run) {
    return work(
        run,
        connection -> {
          Instant now = clock.instant();
          int decided =
              DecideSql.decide(connection, run, PolicySql.read(connection), settings.items(), now);
          if (decided == settings.items()) {
            return true;
          }
          DecideSql.close(connection, run, now);
          return false;
        });
  }

  @Override
  public boolean post(RunProgress run) {
    DueSql.Due due =
        work(
            run,
            connection -> DueSql.next(connection, run.runId(), settings.batch(), clock.instant()));
    if (due.ids().isEmpty()) {
      return work(run, connection -> DueSql.any(connection, run.runId()));
    }
    try {
      adjustments.post(
          run.tenantId(),
          due.adjustment(),
          new AdjustmentStore.Transaction() {
            @Override
            public <T> T run(String tenantId, SqlWork<T> work) {
              return inTenant.sql(tenantId, work);
            }
          },
          (connection, batch) -> {
            ClaimSql.renew(connection, run, settings.lease());
            int posted =
                DueSql.posted(
                    connection,
                    due,
                    ItemStatus.DUE,
                    ItemStatus.POSTED,
                    batch,
                    null,
                    clock.instant());
            if (posted < due.ids().size()) {
              throw new StaleAdjustmentException();
            }
          });
    } catch (StaleAdjustmentException e) {
      // The next look finds and closes what has changed.
      return true;
    }
    return true;
  }

  @Override
  public void compareCounters(RunProgress run) {
    Set<String> keys =
        work(
            run,
            connection ->
                ToldCounterSql.keys(
                    connection,
                    run.tenantId(),
                    run.to().minus(CounterMargins.LOOK_BACK),
                    clock.instant()));
    List<CounterReading.Spend> told =
        gateway.counters().read(run.tenantId(), keys, run.runId().toString());
    work(
        run,
        connection -> {
          CounterComparison.keep(
              connection, run, told, gateway.currency().apply(run.tenantId()), clock.instant());
          CounterComparison.compare(connection, run);
          return null;
        });
  }

  @Override
  public void pushLimits(RunProgress run) {
    if (work(run, PolicySql::read).pushLimits()) {
      int pushed = gateway.limits().push(run.tenantId(), run.runId(), run.runId().toString());
      work(
          run,
          connection -> {
            CompletionSql.pushed(connection, run.runId(), pushed);
            return null;
          });
    }
  }

  @Override
  public void publish(RunProgress run) {
    work(
        run,
        connection -> {
          completion.publish(connection, run);
          ClaimSql.reached(connection, run, RunState.PUBLISHED);
          return null;
        });
    completion.published(run.tenantId());
  }

  @Override
  public void report(RunProgress run) {
    work(
        run,
        connection -> {
          CompletionSql.complete(connection, run.runId(), clock.instant());
          return null;
        });
  }

  private <T> T work(RunProgress run, SqlWork<T> work) {
    try {
      return inTenant.sql(
          run.tenantId(),
          connection -> {
            ClaimSql.renew(connection, run, settings.lease());
            return work.run(connection);
          });
    } catch (DatabaseUnavailableException e) {
      throw new TenantUnavailableException("the database of " + run.tenantId() + " is down", e);
    }
  }
}
