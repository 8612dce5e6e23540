package io.platformapi.service.quota;

import java.util.Map;

/**
 * How a limit stands for one of those whom it counts.
 *
 * @param subject of a limit that counts each name for itself: the names in those scopes; a digest
 *     of them when they are very long; else empty
 * @param quota the limit, as a check tells it
 */
public record QuotaStanding(Map<String, String> subject, QuotaLevel quota) {}
