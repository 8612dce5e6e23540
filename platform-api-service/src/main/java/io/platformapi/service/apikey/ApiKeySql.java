package io.platformapi.service.apikey;

import io.platformapi.service.auth.ApiKeys;
import io.platformapi.service.persistence.InAdmin;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** What authentication reads and writes of keys, beside the entity. */
final class ApiKeySql {
  private static final String FIND =
      """
      SELECT id, tenant_id, pepper_id, hash, scopes, created_at, expires_at, revoked_at IS NOT NULL
      FROM api_keys WHERE prefix = ?
      """;
  // Nodes write in any order: the latest time stays.
  private static final String USED =
      """
      UPDATE api_keys SET last_used_at = ?
      WHERE id = ? AND (last_used_at IS NULL OR last_used_at < ?)
      """;
  private static final String REHASH =
      """
      UPDATE api_keys SET pepper_id = ?, hash = ? WHERE id = ? AND pepper_id = ?
      """;

  private final InAdmin admin;

  ApiKeySql(InAdmin admin) {
    this.admin = admin;
  }

  Optional<StoredKey> find(String prefix) {
    return admin.sql(
        connection -> {
          try (PreparedStatement select = connection.prepareStatement(FIND)) {
            select.setString(1, prefix);
            try (ResultSet row = select.executeQuery()) {
              return row.next() ? Optional.of(key(row)) : Optional.empty();
            }
          }
        });
  }

  /** Keeps when each key was used; in order of the id, so that nodes that meet wait in turn. */
  void used(Map<UUID, Instant> times) {
    admin.sql(
        connection -> {
          try (PreparedStatement update = connection.prepareStatement(USED)) {
            for (Map.Entry<UUID, Instant> entry : new TreeMap<>(times).entrySet()) {
              Timestamp time = Timestamp.from(entry.getValue());
              update.setTimestamp(1, time);
              update.setObject(2, entry.getKey());
              update.setTimestamp(3, time);
              update.addBatch();
            }
            return update.executeBatch();
          }
        });
  }

  /** Puts new hashes in the place of those that were made with an old pepper. */
  void rehash(Collection<Rehash> hashes) {
    admin.sql(
        connection -> {
          for (Rehash rehash : hashes) {
            rehash(connection, rehash);
          }
          return null;
        });
  }

  private static void rehash(Connection connection, Rehash rehash) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(REHASH)) {
      update.setString(1, rehash.hash().pepperId());
      update.setBytes(2, rehash.hash().bytes());
      update.setObject(3, rehash.id());
      update.setString(4, rehash.oldPepperId());
      update.executeUpdate();
    }
  }

  private static StoredKey key(ResultSet row) throws SQLException {
    UUID id = row.getObject(1, UUID.class);
    Timestamp expiresAt = row.getTimestamp(7);
    return new StoredKey(
        id,
        new KeyHash(row.getString(3), row.getBytes(4)),
        new ApiKeys.Holder(
            id.toString(),
            row.getString(2),
            Set.of((String[]) row.getArray(5).getArray()),
            row.getTimestamp(6).toInstant(),
            expiresAt == null ? null : expiresAt.toInstant()),
        row.getBoolean(8));
  }

  /** A key whose hash was made with a pepper that is on its way out. */
  record Rehash(UUID id, String oldPepperId, KeyHash hash) {}
}
