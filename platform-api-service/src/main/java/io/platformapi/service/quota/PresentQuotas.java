package io.platformapi.service.quota;

import io.platformapi.service.quota.engine.Quota;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * A tenant's quotas as they are now.
 *
 * @param granted ids of those that have, or will have, units on top of their limit
 */
public record PresentQuotas(List<Quota> quotas, Set<UUID> granted) {
  public PresentQuotas {
    quotas = List.copyOf(quotas);
    granted = Set.copyOf(granted);
  }
}
