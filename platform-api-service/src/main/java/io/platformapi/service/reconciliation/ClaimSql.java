package io.platformapi.service.reconciliation;

import io.platformapi.routes.message.RunProgress;
import io.platformapi.routes.message.RunState;
import io.platformapi.routes.port.LostClaimException;
import io.platformapi.service.persistence.Parameters;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** Who works on a run. Leases run by the clock of the database, which all nodes have in common. */
final class ClaimSql {
  private static final String OPEN = "SELECT FROM reconciliation_runs WHERE finished_at IS NULL";

  private static final String CLAIM =
      """
      UPDATE reconciliation_runs SET claimed_by = ?, attempts = attempts + 1,
        claimed_until = clock_timestamp() + ? * interval '1 millisecond',
        started_at = coalesce(started_at, clock_timestamp())
      WHERE id = (
        SELECT id FROM reconciliation_runs
        WHERE finished_at IS NULL AND next_attempt_at <= clock_timestamp()
          AND (claimed_until IS NULL OR claimed_until <= clock_timestamp())
        FOR UPDATE SKIP LOCKED)
      RETURNING id, window_from, covered_to, state
      """;

  private static final String RENEW =
      """
      UPDATE reconciliation_runs
      SET claimed_until = clock_timestamp() + ? * interval '1 millisecond'
      WHERE id = ? AND claimed_by = ? AND finished_at IS NULL
      """;

  private static final String REACHED =
      "UPDATE reconciliation_runs SET state = ?, error = NULL WHERE id = ? AND claimed_by = ?";

  private static final String RELEASE =
      """
      UPDATE reconciliation_runs SET claimed_by = NULL, claimed_until = NULL,
        attempts = attempts - 1
      WHERE id = ? AND claimed_by = ? AND finished_at IS NULL
      """;

  /** Twice as long from one attempt to the next, up to an hour. */
  private static final String FAILED =
      """
      UPDATE reconciliation_runs SET claimed_by = NULL, claimed_until = NULL, error = ?,
        next_attempt_at = clock_timestamp()
          + least(power(2, least(attempts, 30) - 1) * ?, 3600000) * interval '1 millisecond',
        state = CASE WHEN attempts >= ? THEN 'failed' ELSE state END,
        finished_at = CASE WHEN attempts >= ? THEN clock_timestamp() END
      WHERE id = ? AND claimed_by = ? AND finished_at IS NULL
      """;

  private ClaimSql() {}

  /** Whether the tenant has a run that is not over. */
  static boolean open(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(OPEN);
        ResultSet row = statement.executeQuery()) {
      return row.next();
    }
  }

  static Optional<RunProgress> claim(
      Connection connection, String tenantId, UUID claim, Duration lease) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(CLAIM)) {
      new Parameters(statement).add(claim).add(lease.toMillis());
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? Optional.of(
                new RunProgress(
                    tenantId,
                    row.getObject("id", UUID.class),
                    claim,
                    RunSql.time(row, "window_from"),
                    RunSql.time(row, "covered_to"),
                    RunState.of(row.getString("state"))))
            : Optional.empty();
      }
    }
  }

  /**
   * Renews the lease, in the transaction of some work: from here on nobody else gets the run before
   * that transaction ends.
   *
   * @throws LostClaimException when somebody has it already
   */
  static void renew(Connection connection, RunProgress run, Duration lease) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(RENEW)) {
      new Parameters(statement).add(lease.toMillis()).add(run.runId()).add(run.claim());
      if (statement.executeUpdate() == 0) {
        throw new LostClaimException();
      }
    }
  }

  static void reached(Connection connection, RunProgress run, RunState state) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(REACHED)) {
      new Parameters(statement).add(state.wire()).add(run.runId()).add(run.claim());
      if (statement.executeUpdate() == 0) {
        throw new LostClaimException();
      }
    }
  }

  static void release(Connection connection, RunProgress run) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(RELEASE)) {
      new Parameters(statement).add(run.runId()).add(run.claim());
      statement.executeUpdate();
    }
  }

  static void failed(
      Connection connection, RunProgress run, String error, Duration pause, int attempts)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(FAILED)) {
      new Parameters(statement)
          .add(error)
          .add(pause.toMillis())
          .add(attempts)
          .add(attempts)
          .add(run.runId())
          .add(run.claim());
      statement.executeUpdate();
    }
  }
}
