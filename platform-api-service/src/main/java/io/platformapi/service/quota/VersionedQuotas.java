package io.platformapi.service.quota;

/** Limits of a tenant and the version of the whole set. */
record VersionedQuotas(long version, QuotaPage page) {}
