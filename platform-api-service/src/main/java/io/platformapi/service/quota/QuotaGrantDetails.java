package io.platformapi.service.quota;

import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaGrant;
import io.platformapi.service.quota.engine.QuotaWindow;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * Units on top of a quota's limit, on the wire; amounts are whole numbers, or money for cost.
 *
 * @param subject whom it is for; null for all whom the quota counts
 * @param validUntil as its maker said, or null
 * @param endsAt when nothing can be drawn from it any more, which may be earlier; null for never
 * @param state {@code pending}, {@code active} or {@code ended}
 * @param used what has been drawn from it, also for what is only held; null when each of many
 *     subjects has its own
 * @param left null likewise
 */
public record QuotaGrantDetails(
    UUID id,
    UUID quotaId,
    Map<String, String> subject,
    Object amount,
    Instant validFrom,
    Instant validUntil,
    Instant endsAt,
    int priority,
    boolean rollover,
    String description,
    String state,
    Object used,
    Object left,
    Instant createdAt,
    String createdBy) {

  static QuotaGrantDetails of(Quota quota, StoredGrant stored, String currency, Instant now) {
    QuotaGrant grant = stored.grant();
    Long used = stored.used();
    return new QuotaGrantDetails(
        grant.id(),
        quota.id(),
        grant.subject() == null
            ? null
            : QuotaAlert.subject(quota.selector().each(), grant.subject()),
        QuotaDefinition.amount(quota.dimension(), grant.amount(), currency),
        grant.from(),
        stored.validUntil(),
        grant.until().equals(QuotaWindow.END) ? null : grant.until(),
        grant.priority(),
        stored.rollover(),
        stored.description(),
        state(grant, now),
        used == null ? null : QuotaDefinition.amount(quota.dimension(), used, currency),
        used == null
            ? null
            : QuotaDefinition.amount(quota.dimension(), grant.amount() - used, currency),
        stored.createdAt(),
        stored.createdBy());
  }

  private static String state(QuotaGrant grant, Instant now) {
    return grant.validAt(now) ? "active" : now.isBefore(grant.from()) ? "pending" : "ended";
  }
}
