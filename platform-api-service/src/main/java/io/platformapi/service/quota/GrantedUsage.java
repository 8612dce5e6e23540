package io.platformapi.service.quota;

import io.platformapi.service.quota.engine.GrantTimeline;
import java.util.Map;
import java.util.UUID;

/**
 * What somebody has used in a window, with what grants add to the limits on it.
 *
 * @param granted by quota; not of those of which it cannot be known
 */
record GrantedUsage(UsageRow row, Map<UUID, GrantTimeline> granted) {}
