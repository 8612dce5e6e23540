package io.platformapi.service.quota;

import java.util.List;

/**
 * Limits of a tenant and the version of the whole set.
 *
 * @param version grows with each change of the set
 */
record QuotaSet(long version, List<Quota> quotas) {}
