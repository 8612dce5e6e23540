package io.platformapi.service.quota;

import io.platformapi.service.http.Page;

/** Limits of a tenant and the version of the whole set. */
record VersionedQuotas(long version, Page<QuotaDefinition> page) {}
