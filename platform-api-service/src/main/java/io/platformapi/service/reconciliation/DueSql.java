package io.platformapi.service.reconciliation;

import io.platformapi.routes.message.CallStatus;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.usage.LedgerAdjustment;
import io.platformapi.service.usage.SettlementKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/** Makes batches of the ledger of items that are to be posted. */
final class DueSql {
  /** An item of which nothing is to be adjusted any more. */
  private static final String STALE =
      """
      UPDATE reconciliation_items i SET status = 'superseded', decided_at = ?,
        decision = CASE WHEN i.adjustment = 'post' THEN 'event_came' ELSE 'changed_meanwhile' END
      FROM (SELECT * FROM reconciliation_items WHERE SELECTED) AS s
      WHERE i.id = s.id AND i.status IN ('due', 'proposed') AND CASE
        WHEN s.adjustment = 'post' THEN EXISTS (
          SELECT FROM usage_events e
          WHERE e.call_id = s.call_id AND e.status = s.call_status AND e.source <> 'settlement'
            AND e.reversed_in IS NULL
            AND e.started_at - s.gateway_started_at >= interval '-1 day' AND e.started_at - s.gateway_started_at < interval '1 day'
            AND split_part(e.response_id, '_cache_hit', 1)
              = split_part(s.request_id, '_cache_hit', 1))
        ELSE NOT EXISTS (
          SELECT FROM usage_events e
          WHERE e.started_at = s.ledger_started_at AND e.event_id = s.event_id
            AND e.reversed_in IS NULL) END
      """;

  /**
   * The usage that an item posts: the gateway's row, or the event with the gateway's amounts and
   * key.
   */
  private static final String READ =
      """
      SELECT i.id, i.adjustment, i.event_id, i.ledger_started_at, i.call_status,
        coalesce(e.call_id, g.call_id, i.request_id) AS call_id,
        coalesce(e.response_id, i.request_id) AS response_id,
        coalesce(e.cache_hit, g.cache_hit) AS cache_hit, coalesce(e.stream, false) AS stream,
        coalesce(e.call_type, g.call_type) AS call_type,
        coalesce(i.ledger_started_at, i.gateway_started_at) AS started_at,
        coalesce(e.ended_at, g.ended_at) AS ended_at, coalesce(g.team_id, e.team_id) AS team_id,
        coalesce(g.organization_id, e.organization_id) AS organization_id,
        i.gateway_key AS key_hash, g.key_alias, coalesce(g.user_id, e.user_id) AS user_id,
        coalesce(e.end_user, g.end_user) AS end_user, coalesce(e.provider, g.provider) AS provider,
        coalesce(e.model, g.model) AS model, coalesce(e.model_group, g.model_group) AS model_group,
        i.gateway_input_tokens AS input_tokens, i.gateway_output_tokens AS output_tokens,
        greatest(g.total_tokens, i.gateway_input_tokens + i.gateway_output_tokens) AS total_tokens,
        i.gateway_cost_nanos AS cost_nanos
      FROM reconciliation_items i
      LEFT JOIN gateway_calls g ON g.request_id = i.request_id
      LEFT JOIN usage_events e ON e.started_at = i.ledger_started_at AND e.event_id = i.event_id
      WHERE SELECTED
      """;

  private static final String POSTED =
      """
      UPDATE reconciliation_items SET status = ?, batch_id = ?, decided_at = ?, decided_by = ?
      WHERE id = ANY (?::uuid[]) AND status = ?
      """;

  private static final String DUE =
      """
      id IN (SELECT id FROM reconciliation_items WHERE run_id = ? AND status = 'due'
        ORDER BY seq LIMIT ?)
      """;
  private static final String ANY =
      "SELECT FROM reconciliation_items WHERE run_id = ? AND status = 'due' LIMIT 1";
  private static final String ONE = "run_id = ? AND id = ?";

  private DueSql() {}

  /**
   * Items and the batch that they make.
   *
   * @param ids of the items
   */
  record Due(List<UUID> ids, LedgerAdjustment adjustment) {}

  /** The next items of a run that are due; those that are stale are closed. */
  static Due next(Connection connection, UUID run, int limit, Instant now) throws SQLException {
    Plans.byKey(connection);
    stale(connection, DUE, run, limit, now);
    return read(connection, "i." + DUE, run, limit);
  }

  /** Whether a run still has items that are due. */
  static boolean any(Connection connection, UUID run) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(ANY)) {
      statement.setObject(1, run);
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }

  /** One item. */
  static Due one(Connection connection, UUID run, UUID item) throws SQLException {
    return read(connection, "i.run_id = ? AND i.id = ?", run, item);
  }

  /** Closes the item if it is stale; returns whether it is. */
  static boolean isStale(Connection connection, UUID run, UUID item, Instant now)
      throws SQLException {
    return stale(connection, ONE, run, item, now) > 0;
  }

  /**
   * Marks items as posted.
   *
   * @param by subject of whoever approved, or null
   * @return how many had the status that they are to be taken from
   */
  static int posted(
      Connection connection,
      Due due,
      ItemStatus from,
      ItemStatus to,
      UUID batch,
      String by,
      Instant now)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(POSTED)) {
      statement.setString(1, to.wire());
      statement.setObject(2, batch);
      statement.setObject(3, now.atOffset(ZoneOffset.UTC));
      statement.setString(4, by);
      statement.setObject(5, due.ids().stream().map(UUID::toString).toArray(String[]::new));
      statement.setString(6, from.wire());
      return statement.executeUpdate();
    }
  }

  private static int stale(
      Connection connection, String selected, UUID run, Object second, Instant now)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(STALE.replace("SELECTED", selected))) {
      new Parameters(statement).add(now).add(run).add(second);
      return statement.executeUpdate();
    }
  }

  private static Due read(Connection connection, String selected, UUID run, Object second)
      throws SQLException {
    List<UUID> ids = new ArrayList<>();
    List<UsageRecord> calls = new ArrayList<>();
    List<SettlementKey> takenBack = new ArrayList<>();
    try (PreparedStatement statement =
        connection.prepareStatement(READ.replace("SELECTED", selected))) {
      new Parameters(statement).add(run).add(second);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          ids.add(row.getObject("id", UUID.class));
          Adjustment adjustment = Adjustment.NAMES.parse(row.getString("adjustment")).orElseThrow();
          if (adjustment != Adjustment.TAKE_BACK) {
            calls.add(call(row));
          }
          if (adjustment != Adjustment.POST) {
            takenBack.add(
                new SettlementKey(
                    RunSql.time(row, "ledger_started_at"), row.getObject("event_id", UUID.class)));
          }
        }
      }
    }
    return new Due(ids, new LedgerAdjustment("reconciliation:" + run, calls, takenBack));
  }

  private static UsageRecord call(ResultSet row) throws SQLException {
    return new UsageRecord(
        row.getObject("id", UUID.class),
        row.getString("call_id"),
        row.getString("response_id"),
        CallStatus.valueOf(row.getString("call_status").toUpperCase(Locale.ROOT)),
        row.getBoolean("cache_hit"),
        row.getBoolean("stream"),
        row.getString("call_type"),
        RunSql.time(row, "started_at"),
        RunSql.time(row, "ended_at"),
        row.getString("team_id"),
        row.getString("organization_id"),
        row.getString("key_hash"),
        row.getString("key_alias"),
        row.getString("user_id"),
        row.getString("end_user"),
        row.getString("provider"),
        row.getString("model"),
        row.getString("model_group"),
        row.getLong("input_tokens"),
        row.getLong("output_tokens"),
        row.getLong("total_tokens"),
        row.getLong("cost_nanos"));
  }
}
