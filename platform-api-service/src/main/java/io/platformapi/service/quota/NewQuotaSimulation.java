package io.platformapi.service.quota;

import java.time.Instant;
import java.util.List;

/**
 * What would have been refused by other quotas.
 *
 * @param items the whole set in the place of the tenant's present one, as in {@link NewQuotas}
 * @param from start of the first call that is decided, inclusive
 * @param to exclusive; now when absent
 */
public record NewQuotaSimulation(List<NewQuotas.Item> items, Instant from, Instant to) {}
