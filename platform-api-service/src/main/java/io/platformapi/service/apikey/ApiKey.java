package io.platformapi.service.apikey;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** A row of {@code api_keys}; of the key itself there is only a keyed hash. */
@Entity
@Table(name = "api_keys")
public class ApiKey {
  @Id private UUID id;
  private String tenantId;
  private String name;
  private String prefix;

  // These three are also written by the background, which must not be undone from here.
  @Column(updatable = false)
  private String pepperId;

  @Column(updatable = false)
  private byte[] hash;

  @Column(updatable = false)
  private Instant lastUsedAt;

  @JdbcTypeCode(SqlTypes.ARRAY)
  private String[] scopes;

  private String createdBy;
  private Instant createdAt;
  private Instant expiresAt;
  private Instant revokedAt;
  private UUID replacedBy;
  private long version;

  protected ApiKey() {}

  ApiKey(UUID id, String tenantId, NewApiKey key, String prefix, KeyHash hash, Origin origin) {
    this.id = id;
    this.tenantId = tenantId;
    this.name = key.name();
    this.prefix = prefix;
    this.pepperId = hash.pepperId();
    this.hash = hash.bytes();
    this.scopes = key.scopes().toArray(String[]::new);
    this.createdBy = origin.actor();
    this.createdAt = origin.at().truncatedTo(ChronoUnit.MICROS);
    this.expiresAt = key.expiresAt();
    this.version = 1;
  }

  /** Ends it when the overlap ends, unless it ends earlier by itself. */
  final void replaceBy(UUID successor, Instant overlapEnd) {
    Instant end = overlapEnd.truncatedTo(ChronoUnit.MICROS);
    replacedBy = successor;
    expiresAt = expiresAt == null || end.isBefore(expiresAt) ? end : expiresAt;
    version++;
  }

  final void revoke(Instant now) {
    revokedAt = now.truncatedTo(ChronoUnit.MICROS);
    version++;
  }

  UUID id() {
    return id;
  }

  String prefix() {
    return prefix;
  }

  long version() {
    return version;
  }

  boolean revoked() {
    return revokedAt != null;
  }

  boolean replaced() {
    return replacedBy != null;
  }

  boolean expired(Instant now) {
    return expiresAt != null && !now.isBefore(expiresAt);
  }

  ApiKeyDetails details() {
    return new ApiKeyDetails(
        id,
        tenantId,
        name,
        prefix,
        List.of(scopes),
        createdBy,
        createdAt,
        expiresAt,
        lastUsedAt,
        revokedAt,
        replacedBy,
        version);
  }

  /** Who makes it, and when. */
  record Origin(String actor, Instant at) {}
}
