package io.platformapi.service.apikey;

import java.time.Instant;

/**
 * Body of {@code POST /v1/api-keys/{id}/rotate}.
 *
 * @param overlapSeconds how long the old key still works, 0 to 604800
 * @param expiresAt when the new key ends; when null, the old key's time
 */
public record KeyRotation(Integer overlapSeconds, Instant expiresAt) {}
