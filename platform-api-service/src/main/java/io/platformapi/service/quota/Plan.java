package io.platformapi.service.quota;

import io.platformapi.service.quota.engine.Quota;
import java.util.Map;

/**
 * What a tenant's plan gives it.
 *
 * @param quotas in the tenant's currency, by natural key; none when nobody has defined the plan
 */
record Plan(String name, PlanStamp stamp, Map<Quota.NaturalKey, PlanQuota> quotas) {}
