package io.platformapi.service.policy;

/**
 * Payload of {@code policy.created}, {@code policy.updated} and {@code policy.deleted}.
 *
 * @param policyVersion the tenant's policy version after the change
 */
record PolicyEvent(String id, boolean enabled, int rules, long policyVersion) {}
