package io.platformapi.service.reconciliation;

import io.platformapi.routes.message.QuotaSnapshot;
import io.platformapi.routes.message.RunProgress;
import io.platformapi.service.reconciliation.CounterHistory.Standing;
import io.platformapi.service.reconciliation.CounterJudge.Rows;
import io.platformapi.service.reconciliation.ToldCounter.Window;
import io.platformapi.service.usage.SnapshotSql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Compares the counters that the gateway told up to a run's end with both books. */
final class CounterComparison {
  private CounterComparison() {}

  /** Keeps what the gateway told the run: it is compared when its time is covered. */
  static void keep(
      Connection connection,
      RunProgress run,
      List<CounterReading.Spend> told,
      String currency,
      Instant now)
      throws SQLException {
    if (told.isEmpty()) {
      return;
    }
    List<QuotaSnapshot> snapshots =
        told.stream()
            .map(
                spend ->
                    new QuotaSnapshot(
                        "counter:" + run.runId() + ":" + spend.scope() + ":" + spend.id(),
                        now,
                        CounterPayload.write(run.tenantId(), spend, currency)))
            .toList();
    SnapshotSql.insert(connection, snapshots, now);
  }

  /** Done again it puts the same in the place of the same. */
  static void compare(Connection connection, RunProgress run) throws SQLException {
    Instant lookBack = run.to().minus(CounterMargins.LOOK_BACK);
    Instant since = run.from().isBefore(lookBack) ? run.from() : lookBack;
    List<Standing> standings =
        ToldCounterSql.history(connection, run.tenantId(), since, run.to()).since(run.from());
    List<Standing> checked = new ArrayList<>();
    for (Standing standing : standings) {
      checked.add(comparable(connection, standing, since));
    }
    List<Standing> known = checked.stream().filter(s -> s.reason() == null).toList();
    Rows[] rows = CounterSumSql.gateway(connection, run.tenantId(), known);
    CounterJudge judge = new CounterJudge(PolicySql.read(connection));
    List<ComparedCounter> compared = new ArrayList<>();
    int next = 0;
    for (Standing standing : checked) {
      boolean isKnown = standing.reason() == null;
      Rows its = isKnown ? rows[next++] : null;
      Long ledger = isKnown ? CounterSumSql.ledger(connection, standing) : null;
      compared.add(
          row(run, compared.size() + 1, standing, its, ledger, judge.judge(standing, its)));
    }
    ComparedCounterSql.replace(connection, run.runId(), compared);
  }

  /** With the reason not to compare it that only the database knows, if there is one. */
  private static Standing comparable(Connection connection, Standing standing, Instant since)
      throws SQLException {
    if (standing.reason() != null) {
      return standing;
    }
    Window window = standing.window();
    if (window.start().isBefore(since)) {
      return new Standing(standing.counter(), window, CounterReason.TOO_LONG);
    }
    // A call that began before a reset and ended after it counts. After the time of the counter
    // nothing more is needed: runs read two minutes beyond their windows, more than clocks differ.
    Instant first =
        window.end() == null ? window.start() : window.start().minus(CounterMargins.CALL);
    return CounterSumSql.read(connection, first, standing.counter().toldAt())
        ? standing
        : new Standing(standing.counter(), window, CounterReason.ROWS_NOT_READ);
  }

  private static ComparedCounter row(
      RunProgress run, int seq, Standing standing, Rows rows, Long ledger, CounterVerdict verdict) {
    ToldCounter counter = standing.counter();
    Window window = standing.window();
    return new ComparedCounter(
        run.runId(),
        seq,
        counter.scope(),
        counter.id(),
        counter.dimension(),
        counter.toldAt(),
        window == null ? null : window.start(),
        window == null ? null : window.end(),
        counter.amount(),
        rows == null ? null : rows.sum(),
        rows == null ? null : rows.least(),
        rows == null ? null : rows.most(),
        ledger,
        verdict,
        standing.reason());
  }
}
