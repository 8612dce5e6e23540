package io.platformapi.service.signin;

import io.platformapi.service.persistence.InAdmin;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Optional;

/** Sign-ins that have begun, in the admin database, so that any node can complete them. */
final class SignInSql {
  private static final String INSERT =
      """
      INSERT INTO sign_ins (state_hash, sealed, redirect_uri, organization_id, created_at, expires_at)
      VALUES (?, ?, ?, ?, ?, ?)
      """;
  private static final String TAKE =
      """
      DELETE FROM sign_ins WHERE state_hash = ?
      RETURNING sealed, redirect_uri, organization_id, expires_at
      """;
  // Each new one takes a few dead ones away, so the table needs no timer.
  private static final String EXPIRE =
      """
      DELETE FROM sign_ins WHERE state_hash IN (
        SELECT state_hash FROM sign_ins WHERE expires_at < ?
        ORDER BY expires_at LIMIT 10 FOR UPDATE SKIP LOCKED)
      """;

  private final InAdmin admin;

  SignInSql(InAdmin admin) {
    this.admin = admin;
  }

  /** What was begun. */
  record Begun(SealedSignIn secrets, String redirectUri, String organizationId) {}

  void insert(Begun signIn, Instant now, Instant expiresAt) {
    admin.sql(
        connection -> {
          try (PreparedStatement insert = connection.prepareStatement(INSERT);
              PreparedStatement expire = connection.prepareStatement(EXPIRE)) {
            insert.setBytes(1, SealedSignIn.hash(signIn.secrets().state()));
            insert.setBytes(2, signIn.secrets().seal());
            insert.setString(3, signIn.redirectUri());
            insert.setString(4, signIn.organizationId());
            insert.setTimestamp(5, Timestamp.from(now));
            insert.setTimestamp(6, Timestamp.from(expiresAt));
            insert.executeUpdate();
            expire.setTimestamp(1, Timestamp.from(now));
            return expire.executeUpdate();
          }
        });
  }

  /**
   * Takes a sign-in out, so that nobody completes it again; empty when there is none or it is old.
   */
  Optional<Begun> take(String state, Instant now) {
    return admin.sql(
        connection -> {
          try (PreparedStatement take = connection.prepareStatement(TAKE)) {
            take.setBytes(1, SealedSignIn.hash(state));
            try (ResultSet row = take.executeQuery()) {
              if (!row.next() || row.getTimestamp(4).toInstant().isBefore(now)) {
                return Optional.empty();
              }
              return Optional.of(
                  new Begun(
                      SealedSignIn.open(state, row.getBytes(1)),
                      row.getString(2),
                      row.getString(3)));
            }
          }
        });
  }
}
