package io.platformapi.service.quota;

import io.platformapi.service.quota.engine.QuotaGrant;
import java.time.Instant;

/**
 * A grant as it is stored.
 *
 * @param validUntil as its maker said, or null
 * @param used what has been drawn from it; null when each of many subjects has its own
 */
record StoredGrant(
    QuotaGrant grant,
    Instant validUntil,
    boolean rollover,
    String description,
    Instant createdAt,
    String createdBy,
    Long used) {}
