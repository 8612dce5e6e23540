package io.platformapi.service.policy;

import java.time.Instant;
import java.util.List;

/**
 * What would be decided by other policies.
 *
 * @param policies the whole set in the place of the tenant's present one; its roles and schema stay
 * @param from earliest decision, inclusive; as early as there are any when absent
 * @param to latest decision, exclusive; now when absent
 */
public record SimulationRequest(List<NewPolicy> policies, Instant from, Instant to) {}
