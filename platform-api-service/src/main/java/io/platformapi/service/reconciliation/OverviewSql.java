package io.platformapi.service.reconciliation;

import io.platformapi.routes.message.RunState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * The rows of {@code reconciliation_overview} in the admin database: what operators want to know of
 * all tenants without opening their databases.
 */
final class OverviewSql {
  private static final String OPEN =
      """
      SELECT min(created_at) FROM reconciliation_items WHERE status IN ('proposed', 'reported')
      """;
  private static final String ENDED =
      """
      INSERT INTO reconciliation_overview (tenant_id, outcome, ended_at, covered_to, open_since)
      SELECT id, ?, ?, ?, ? FROM tenants WHERE id = ?
      ON CONFLICT (tenant_id) DO UPDATE
      SET outcome = EXCLUDED.outcome, ended_at = EXCLUDED.ended_at,
        covered_to = greatest(reconciliation_overview.covered_to, EXCLUDED.covered_to),
        open_since = EXCLUDED.open_since
      WHERE reconciliation_overview.ended_at <= EXCLUDED.ended_at
      """;
  private static final String DECIDED =
      "UPDATE reconciliation_overview SET open_since = ? WHERE tenant_id = ?";
  private static final String ALL =
      """
      SELECT (SELECT min(open_since) FROM reconciliation_overview),
        (SELECT min(covered_to) FROM reconciliation_overview o
         JOIN tenants t ON t.id = o.tenant_id AND t.state = 'active'),
        (SELECT min(reached) FROM spend_watermarks)
      """;

  private OverviewSql() {}

  /**
   * @param openSince since when the oldest difference waits that nobody has settled, or null
   * @param coveredTo up to where the tenant that is furthest behind has been compared, or null
   * @param pulledTo up to where the gateway's rows have been read of all teams, or null
   */
  record Overview(Instant openSince, Instant coveredTo, Instant pulledTo) {}

  /** Since when the tenant's oldest difference waits, or null; on its own database. */
  static Instant openSince(Connection tenant) throws SQLException {
    try (PreparedStatement select = tenant.prepareStatement(OPEN);
        ResultSet row = select.executeQuery()) {
      row.next();
      return time(row, 1);
    }
  }

  /** A run has ended; what an earlier one tells late changes nothing. */
  static void ended(Connection admin, String tenantId, ReconciliationRun run, Instant openSince)
      throws SQLException {
    try (PreparedStatement upsert = admin.prepareStatement(ENDED)) {
      upsert.setString(1, run.state().wire());
      upsert.setObject(2, at(run.finishedAt()));
      upsert.setObject(
          3,
          run.state() == RunState.COMPLETED ? at(run.coveredTo()) : null,
          Types.TIMESTAMP_WITH_TIMEZONE);
      upsert.setObject(4, at(openSince), Types.TIMESTAMP_WITH_TIMEZONE);
      upsert.setString(5, tenantId);
      upsert.executeUpdate();
    }
  }

  static void decided(Connection admin, String tenantId, Instant openSince) throws SQLException {
    try (PreparedStatement update = admin.prepareStatement(DECIDED)) {
      update.setObject(1, at(openSince), Types.TIMESTAMP_WITH_TIMEZONE);
      update.setString(2, tenantId);
      update.executeUpdate();
    }
  }

  static Overview all(Connection admin) throws SQLException {
    try (PreparedStatement select = admin.prepareStatement(ALL);
        ResultSet row = select.executeQuery()) {
      row.next();
      return new Overview(time(row, 1), time(row, 2), time(row, 3));
    }
  }

  private static OffsetDateTime at(Instant time) {
    return time == null ? null : time.atOffset(ZoneOffset.UTC);
  }

  private static Instant time(ResultSet row, int column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }
}
