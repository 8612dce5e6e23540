package io.platformapi.service.quota;

/** A grant with the version of the set of quotas that it belongs to. */
record VersionedGrant(long version, QuotaGrantDetails grant) {}
