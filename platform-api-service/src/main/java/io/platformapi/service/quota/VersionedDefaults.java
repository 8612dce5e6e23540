package io.platformapi.service.quota;

/** The platform's defaults and their version. */
record VersionedDefaults(long version, PlatformDefaults defaults) {}
