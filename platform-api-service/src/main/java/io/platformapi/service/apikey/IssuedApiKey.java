package io.platformapi.service.apikey;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * A new API key, told once; nobody can read the key again.
 *
 * @param key the key itself: {@code pak_...}
 * @param prefix first part of the key, to recognise it by
 * @param createdBy subject that made it
 * @param expiresAt when it ends, or null
 * @param version number of its ETag
 */
public record IssuedApiKey(
    String key,
    UUID id,
    String tenantId,
    String name,
    String prefix,
    List<String> scopes,
    String createdBy,
    Instant createdAt,
    Instant expiresAt,
    long version) {

  static IssuedApiKey of(KeyText text, ApiKeyDetails details) {
    return new IssuedApiKey(
        text.reveal(),
        details.id(),
        details.tenantId(),
        details.name(),
        details.prefix(),
        details.scopes(),
        details.createdBy(),
        details.createdAt(),
        details.expiresAt(),
        details.version());
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "IssuedApiKey[id=" + id + ", prefix=" + prefix + "]";
  }
}
