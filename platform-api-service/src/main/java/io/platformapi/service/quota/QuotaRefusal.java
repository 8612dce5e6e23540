package io.platformapi.service.quota;

import io.platformapi.service.quota.engine.Decision;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Why nothing is granted.
 *
 * @param quota the one that refuses; of several the one with the lowest priority
 * @param requested what was wished of it
 * @param refusedBy all that refuse
 * @param retryAt when it may be granted, or null when that cannot be told
 */
public record QuotaRefusal(
    QuotaLevel quota, Object requested, List<UUID> refusedBy, Instant retryAt) {

  static QuotaRefusal of(Decision decision, Instant retryAt, String currency) {
    Decision.Refusal first = decision.refusing().get(0);
    return new QuotaRefusal(
        QuotaLevel.of(first.state(), currency),
        QuotaDefinition.amount(first.state().quota().dimension(), first.amount(), currency),
        decision.refusing().stream().map(refusal -> refusal.state().quota().id()).toList(),
        retryAt);
  }
}
