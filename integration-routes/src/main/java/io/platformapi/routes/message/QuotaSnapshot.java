package io.platformapi.routes.message;

import java.time.Instant;

/**
 * The gateway's side of the book: its cumulative usage and budget for one tenant and window, kept
 * as received.
 *
 * @param eventId the envelope's id, or a digest of the payload when it has none; the deduplication
 *     key
 * @param occurredAt the envelope's time
 * @param payload the JSON object as received: {@code {tenantId, usage, budget}}
 */
public record QuotaSnapshot(String eventId, Instant occurredAt, String payload) {}
