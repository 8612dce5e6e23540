package io.platformapi.service.policy;

/**
 * Payload of {@code policy.schema_updated}.
 *
 * @param policyVersion the tenant's policy version after the change
 */
record SchemaEvent(int resourceTypes, long policyVersion) {}
