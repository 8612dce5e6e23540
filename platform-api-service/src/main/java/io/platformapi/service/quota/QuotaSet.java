package io.platformapi.service.quota;

import io.platformapi.service.quota.engine.FailMode;
import io.platformapi.service.quota.engine.Quota;
import java.util.List;

/**
 * Limits of a tenant and the version of the whole set.
 *
 * @param version grows with each change of the set
 */
record QuotaSet(long version, FailMode failMode, List<Quota> quotas) {}
