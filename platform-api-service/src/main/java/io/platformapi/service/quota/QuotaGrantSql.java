package io.platformapi.service.quota;

import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaGrant;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The rows of {@code quota_grants}. */
final class QuotaGrantSql {
  /** The longest window, and as long after it as late usage is posted. */
  static final Duration KEPT = Duration.ofDays(40);

  private static final UUID FIRST = new UUID(0, 0);

  /** Whoever's clock it is, nothing is left of what was revoked. */
  private static final String ALL =
      """
      SELECT id, quota_id, subject, CASE WHEN revoked THEN 0 ELSE amount END AS amount, valid_from,
        valid_until, ends_at, priority, rollover, description, created_at, created_by,
        NULL::bigint AS used
      FROM quota_grants
      """;

  /** With what was drawn from it, but for those that each of many subjects has its own of. */
  private static final String OF_QUOTA =
      """
      SELECT g.*, CASE WHEN g.subject IS NOT NULL OR NOT ? THEN coalesce(b.used, 0) END AS used
      FROM quota_grants g
      LEFT JOIN quota_balances b ON b.quota_id = g.id AND b.subject = coalesce(g.subject, '')
        AND b.slot = timestamptz 'epoch'
      WHERE g.quota_id = ? AND NOT g.revoked
      """;

  private static final String PAGE = OF_QUOTA + " AND g.id > ? ORDER BY g.id LIMIT ?";
  private static final String ONE = OF_QUOTA + " AND g.id = ?";
  private static final String QUOTA = "SELECT * FROM quotas WHERE id = ?";

  private static final String INSERT =
      """
      INSERT INTO quota_grants (id, quota_id, subject, amount, valid_from, valid_until, ends_at,
        priority, rollover, description, created_at, created_by)
      VALUES (?, ?, nullif(?, ''), ?, ?, nullif(?, timestamptz 'epoch'), ?, ?, ?, ?, ?, ?)
      """;

  /** What windows have drawn from it stays drawn. */
  private static final String REVOKE = "UPDATE quota_grants SET revoked = true WHERE id = ?";

  private static final String PRESENT =
      "SELECT count(*) FROM quota_grants WHERE quota_id = ? AND ends_at > ?";

  /** No window has to do with them any more. */
  private static final String FORGET =
      """
      WITH gone AS (
        DELETE FROM quota_grants g USING quotas q
        WHERE q.id = g.quota_id AND (
          q.window_kind <> 'lifetime' AND g.ends_at < ?
          OR g.revoked AND NOT EXISTS (
            SELECT FROM quota_balances b WHERE b.quota_id = g.id AND b.used <> 0))
        RETURNING g.id)
      DELETE FROM quota_balances b USING gone WHERE b.quota_id = gone.id
      """;

  /** A limit that was reached may be reached again. */
  private static final String TELL_AGAIN =
      "UPDATE quota_balances SET exceeded_told = false WHERE quota_id = ? AND exceeded_told";

  private static final String RAISE =
      "UPDATE quota_set SET version = version + 1 RETURNING version";
  private static final String VERSION = "SELECT version FROM quota_set";

  /** Of all quotas, also those that are over or were revoked. */
  List<QuotaGrant> all(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(ALL)) {
      return read(statement).stream().map(StoredGrant::grant).toList();
    }
  }

  Optional<Quota> quota(Connection connection, UUID id) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(QUOTA)) {
      new Parameters(statement).add(id);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(QuotaSql.quota(row)) : Optional.empty();
      }
    }
  }

  /** Those on a quota that come after an id, or the first ones when it is null. */
  List<StoredGrant> page(Connection connection, Quota quota, UUID after, int most)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(PAGE)) {
      ofQuota(statement, quota).add(after == null ? FIRST : after).add(most);
      return read(statement);
    }
  }

  Optional<StoredGrant> find(Connection connection, Quota quota, UUID id) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(ONE)) {
      ofQuota(statement, quota).add(id);
      return read(statement).stream().findFirst();
    }
  }

  private static Parameters ofQuota(PreparedStatement statement, Quota quota) throws SQLException {
    return new Parameters(statement).add(!quota.selector().each().isEmpty()).add(quota.id());
  }

  /**
   * How many on a quota are not over, those that were revoked too: windows have to do with them.
   */
  int present(Connection connection, Quota quota, Instant now) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(PRESENT)) {
      new Parameters(statement).add(quota.id()).add(now);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
  }

  void insert(Connection connection, StoredGrant stored) throws SQLException {
    QuotaGrant grant = stored.grant();
    try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
      new Parameters(statement)
          .add(grant.id())
          .add(grant.quotaId())
          .add(grant.subject() == null ? "" : grant.subject())
          .add(grant.amount())
          .add(grant.from())
          .add(stored.validUntil() == null ? Instant.EPOCH : stored.validUntil())
          .add(grant.until())
          .add(grant.priority())
          .add(stored.rollover())
          .add(stored.description())
          .add(stored.createdAt())
          .add(stored.createdBy());
      statement.executeUpdate();
    }
    update(connection, TELL_AGAIN, grant.quotaId());
  }

  /** Leaves nothing of it; it is listed no more. */
  void revoke(Connection connection, UUID id) throws SQLException {
    update(connection, REVOKE, id);
  }

  /** Forgets what ended long ago, and what was revoked before anything was drawn. */
  void forget(Connection connection, Instant now) throws SQLException {
    update(connection, FORGET, now.minus(KEPT));
  }

  /** Raises the version of the tenant's set of quotas, which grants belong to. */
  long raise(Connection connection) throws SQLException {
    return version(connection, RAISE);
  }

  long version(Connection connection) throws SQLException {
    return version(connection, VERSION);
  }

  private static long version(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  private static void update(Connection connection, String sql, Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Parameters parameters = new Parameters(statement);
      for (Object value : values) {
        if (value instanceof Instant time) {
          parameters.add(time);
        } else {
          parameters.add(value);
        }
      }
      statement.executeUpdate();
    }
  }

  private static List<StoredGrant> read(PreparedStatement statement) throws SQLException {
    List<StoredGrant> found = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        found.add(
            new StoredGrant(
                new QuotaGrant(
                    rows.getObject("id", UUID.class),
                    rows.getObject("quota_id", UUID.class),
                    rows.getString("subject"),
                    rows.getLong("amount"),
                    time(rows, "valid_from"),
                    time(rows, "ends_at"),
                    rows.getInt("priority")),
                time(rows, "valid_until"),
                rows.getBoolean("rollover"),
                rows.getString("description"),
                time(rows, "created_at"),
                rows.getString("created_by"),
                rows.getObject("used", Long.class)));
      }
    }
    return found;
  }

  private static Instant time(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }
}
