package io.platformapi.service.policy;

/** The schema and the version of its last change. */
record VersionedSchema(long version, PolicySchema schema) {}
