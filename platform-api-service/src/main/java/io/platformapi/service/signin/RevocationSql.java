package io.platformapi.service.signin;

import io.platformapi.service.persistence.InAdmin;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Revocations in the admin database.
 *
 * <p>A node reads what transactions wrote that it cannot have seen before: those not older than the
 * oldest one that was running when it read last. So nothing that commits late is missed.
 */
final class RevocationSql {
  private static final String INSERT_TOKEN =
      """
      INSERT INTO revoked_tokens (token_id, expires_at) VALUES (?, ?)
      ON CONFLICT (token_id) DO NOTHING
      """;
  private static final String INSERT_SUBJECT =
      """
      INSERT INTO revoked_subjects (tenant_id, subject, issued_until, expires_at)
      VALUES (?, ?, ?, ?)
      ON CONFLICT (tenant_id, subject) DO UPDATE
      SET issued_until = GREATEST(revoked_subjects.issued_until, EXCLUDED.issued_until),
          expires_at = GREATEST(revoked_subjects.expires_at, EXCLUDED.expires_at),
          written_by = pg_current_xact_id()
      """;
  // Each new row takes a few dead ones away, so the table needs no timer.
  private static final String EXPIRE_TOKENS =
      """
      DELETE FROM revoked_tokens WHERE token_id IN (
        SELECT token_id FROM revoked_tokens WHERE expires_at < ?
        ORDER BY expires_at LIMIT 10 FOR UPDATE SKIP LOCKED)
      """;
  private static final String EXPIRE_SUBJECTS =
      """
      DELETE FROM revoked_subjects WHERE (tenant_id, subject) IN (
        SELECT tenant_id, subject FROM revoked_subjects WHERE expires_at < ?
        ORDER BY expires_at LIMIT 10 FOR UPDATE SKIP LOCKED)
      """;
  private static final String HORIZON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text";
  private static final String TOKENS =
      "SELECT token_id, expires_at FROM revoked_tokens WHERE written_by >= ?::xid8";
  private static final String SUBJECTS =
      """
      SELECT tenant_id, subject, issued_until, expires_at FROM revoked_subjects
      WHERE written_by >= ?::xid8
      """;

  private final InAdmin admin;

  RevocationSql(InAdmin admin) {
    this.admin = admin;
  }

  record Token(String id, Instant expiresAt) {}

  record Subject(String tenantId, String subject, Instant issuedUntil, Instant expiresAt) {}

  /**
   * @param horizon where the next read begins
   */
  record News(String horizon, List<Token> tokens, List<Subject> subjects) {}

  /** Inside a transaction of the admin database. */
  void insert(Token token, Instant now) {
    admin.sql(
        connection -> {
          update(connection, INSERT_TOKEN, token.id(), token.expiresAt());
          return update(connection, EXPIRE_TOKENS, now);
        });
  }

  /** Inside a transaction of the admin database. */
  void insert(Subject subject, Instant now) {
    admin.sql(
        connection -> {
          update(
              connection,
              INSERT_SUBJECT,
              subject.tenantId(),
              subject.subject(),
              subject.issuedUntil(),
              subject.expiresAt());
          return update(connection, EXPIRE_SUBJECTS, now);
        });
  }

  /**
   * What was written since an earlier read, and perhaps some of what that one saw.
   *
   * @param horizon of the earlier read, {@code 0} for everything
   */
  News since(String horizon) {
    return admin.sql(
        connection -> {
          String next = horizon(connection);
          return new News(next, tokens(connection, horizon), subjects(connection, horizon));
        });
  }

  private static String horizon(Connection connection) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(HORIZON);
        ResultSet row = select.executeQuery()) {
      row.next();
      return row.getString(1);
    }
  }

  private static List<Token> tokens(Connection connection, String horizon) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(TOKENS)) {
      select.setString(1, horizon);
      try (ResultSet rows = select.executeQuery()) {
        List<Token> read = new ArrayList<>();
        while (rows.next()) {
          read.add(new Token(rows.getString(1), rows.getTimestamp(2).toInstant()));
        }
        return read;
      }
    }
  }

  private static List<Subject> subjects(Connection connection, String horizon) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(SUBJECTS)) {
      select.setString(1, horizon);
      try (ResultSet rows = select.executeQuery()) {
        List<Subject> read = new ArrayList<>();
        while (rows.next()) {
          read.add(
              new Subject(
                  rows.getString(1),
                  rows.getString(2),
                  rows.getTimestamp(3).toInstant(),
                  rows.getTimestamp(4).toInstant()));
        }
        return read;
      }
    }
  }

  private static int update(Connection connection, String sql, Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        Object value = parameters[i];
        statement.setObject(i + 1, value instanceof Instant time ? Timestamp.from(time) : value);
      }
      return statement.executeUpdate();
    }
  }
}
