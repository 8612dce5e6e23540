package io.platformapi.service.quota;

import java.util.List;

/** A plan as the platform has defined it, for tenants of any currency. */
record DefinedPlan(String name, String description, List<PlanQuota> quotas) {}
