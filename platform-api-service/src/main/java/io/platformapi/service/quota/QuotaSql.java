package io.platformapi.service.quota;

import io.platformapi.service.quota.engine.FailMode;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaMode;
import io.platformapi.service.quota.engine.QuotaSelector;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.WindowKind;
import io.platformapi.service.usage.PostingLock;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The rows of {@code quotas} and of {@code quota_set}, on a connection in a transaction. */
final class QuotaSql {
  private static final UUID FIRST = new UUID(0, 0);

  private static final String READ =
      """
      SELECT s.version, s.fail_mode, q.*
      FROM quota_set s
      LEFT JOIN (SELECT * FROM quotas WHERE id > ? ORDER BY id LIMIT ?) q ON true
      ORDER BY q.id
      """;

  private static final String LOCK =
      PostingLock.ALONE + "; SELECT version FROM quota_set FOR UPDATE";

  private static final String INSERT =
      """
      INSERT INTO quotas (id, dimension, scope, scope_id, window_kind, limit_value, mode, time_zone,
        anchor_hour, anchor_day, rolling_seconds, thresholds, priority, description)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """;

  private static final String DELETE = "DELETE FROM quotas WHERE id = ANY (?)";
  private static final String FORGET_BALANCES =
      """
      WITH gone (id) AS (SELECT unnest(?::uuid[])),
        grants AS (
          DELETE FROM quota_grants g USING gone WHERE g.quota_id = gone.id RETURNING g.id)
      DELETE FROM quota_balances b
      WHERE b.quota_id IN (SELECT id FROM gone UNION ALL SELECT id FROM grants)
      """;
  private static final String FORGET_TOLD =
      """
      UPDATE quota_balances SET told = 0, exceeded_told = false, told_at = NULL
      WHERE quota_id = ANY (?)
      """;
  private static final String OWN =
      "UPDATE quotas SET origin = ? WHERE id = ANY (?) AND origin <> ?";
  private static final String STAMP = "SELECT plan_defaults, plan_tenant FROM quota_set";
  private static final String FOLLOW = "UPDATE quota_set SET plan_defaults = ?, plan_tenant = ?";
  private static final String RAISE = "UPDATE quota_set SET version = version + 1, fail_mode = ?";

  /** The first of the set that come after an id, or from the beginning when it is null. */
  QuotaSet read(Connection connection, UUID after, int limit) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(READ)) {
      statement.setObject(1, after == null ? FIRST : after);
      statement.setInt(2, limit);
      try (ResultSet rows = statement.executeQuery()) {
        long version = 0;
        FailMode failMode = FailMode.CLOSED;
        List<Quota> quotas = new ArrayList<>();
        Map<UUID, QuotaOrigin> origins = new HashMap<>();
        while (rows.next()) {
          version = rows.getLong("version");
          failMode = FailMode.NAMES.parse(rows.getString("fail_mode")).orElseThrow();
          if (rows.getObject("id") != null) {
            Quota quota = quota(rows);
            quotas.add(quota);
            origins.put(
                quota.id(), QuotaOrigin.NAMES.parse(rows.getString("origin")).orElseThrow());
          }
        }
        return new QuotaSet(version, failMode, quotas, origins);
      }
    }
  }

  /** The whole set. */
  QuotaSet read(Connection connection) throws SQLException {
    return read(connection, null, Integer.MAX_VALUE);
  }

  /**
   * Keeps everybody else from changing the set, and from deciding or posting by it, until the
   * transaction ends; waits for those who do so now.
   */
  void lock(Connection connection) throws SQLException {
    execute(connection, LOCK);
  }

  /**
   * Removes and adds limits; what is changed is in both. The balances and grants of those that do
   * not come again go with them, and what others were told of those that now tell otherwise is
   * forgotten.
   */
  void change(Connection connection, QuotaDiff diff, FailMode failMode) throws SQLException {
    byIds(connection, DELETE, diff.leaving());
    insert(connection, diff.coming());
    byIds(connection, FORGET_BALANCES, diff.gone());
    byIds(connection, FORGET_TOLD, diff.tellingOtherwise());
    try (PreparedStatement statement = connection.prepareStatement(RAISE)) {
      statement.setString(1, failMode.wire());
      statement.executeUpdate();
    }
  }

  /** Writes whose the limits are; those that are not named stay as they are. */
  void own(Connection connection, Map<UUID, QuotaOrigin> origins) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(OWN)) {
      for (QuotaOrigin origin : QuotaOrigin.values()) {
        Object[] ids =
            origins.entrySet().stream()
                .filter(entry -> entry.getValue() == origin)
                .map(Map.Entry::getKey)
                .toArray();
        statement.setString(1, origin.wire());
        statement.setArray(2, connection.createArrayOf("uuid", ids));
        statement.setString(3, origin.wire());
        statement.executeUpdate();
      }
    }
  }

  /** Which state of its plan the set follows. */
  PlanStamp stamp(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(STAMP);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return new PlanStamp(row.getLong(1), row.getLong(2));
    }
  }

  void stamp(Connection connection, PlanStamp stamp) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(FOLLOW)) {
      statement.setLong(1, stamp.defaults());
      statement.setLong(2, stamp.tenant());
      statement.executeUpdate();
    }
  }

  private static void insert(Connection connection, List<Quota> quotas) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
      for (Quota quota : quotas) {
        QuotaWindow window = quota.window();
        statement.setObject(1, quota.id());
        statement.setString(2, quota.dimension().wire());
        statement.setString(3, quota.selector().scope());
        statement.setString(4, quota.selector().scopeId());
        statement.setString(5, window.kind().wire());
        statement.setLong(6, quota.limit());
        statement.setString(7, quota.mode().wire());
        statement.setString(8, window.zone().getId());
        statement.setInt(9, window.anchorHour());
        statement.setInt(10, window.anchorDay());
        statement.setLong(11, window.length().toSeconds());
        statement.setArray(12, connection.createArrayOf("smallint", quota.thresholds().toArray()));
        statement.setInt(13, quota.priority());
        statement.setString(14, quota.description());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private static void byIds(Connection connection, String sql, Collection<Quota> quotas)
      throws SQLException {
    if (quotas.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(
          1, connection.createArrayOf("uuid", quotas.stream().map(Quota::id).toArray()));
      statement.executeUpdate();
    }
  }

  /** The limit that a row with all columns of {@code quotas} holds. */
  static Quota quota(ResultSet row) throws SQLException {
    WindowKind kind = WindowKind.NAMES.parse(row.getString("window_kind")).orElseThrow();
    return new Quota(
        row.getObject("id", UUID.class),
        QuotaDimension.NAMES.parse(row.getString("dimension")).orElseThrow(),
        QuotaSelector.parse(row.getString("scope"), row.getString("scope_id")),
        new QuotaWindow(
            kind,
            zone(row.getString("time_zone")),
            row.getInt("anchor_hour"),
            row.getInt("anchor_day"),
            Duration.ofSeconds(row.getLong("rolling_seconds"))),
        row.getLong("limit_value"),
        QuotaMode.NAMES.parse(row.getString("mode")).orElseThrow(),
        Arrays.stream((Short[]) row.getArray("thresholds").getArray())
            .map(Short::intValue)
            .toList(),
        row.getInt("priority"),
        row.getString("description"));
  }

  private static ZoneId zone(String id) {
    return id.equals(QuotaWindow.UTC.getId()) ? QuotaWindow.UTC : ZoneId.of(id);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
