package io.platformapi.service.apikey;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * An API key as the API shows it, without the key.
 *
 * @param prefix first part of the key, to recognise it by
 * @param createdBy subject that made it
 * @param expiresAt when it ends or has ended, or null
 * @param lastUsedAt when it was last used, up to a minute late, or null
 * @param revokedAt when it was taken back, or null
 * @param replacedBy id of the key that a rotation put in its place, or null
 * @param version number of its ETag
 */
public record ApiKeyDetails(
    UUID id,
    String tenantId,
    String name,
    String prefix,
    List<String> scopes,
    String createdBy,
    Instant createdAt,
    Instant expiresAt,
    Instant lastUsedAt,
    Instant revokedAt,
    UUID replacedBy,
    long version) {}
