package io.platformapi.service.policy;

import java.util.List;

/**
 * Payload of {@code role.created}, {@code role.updated} and {@code role.deleted}.
 *
 * @param policyVersion the tenant's policy version after the change
 */
record RoleEvent(String name, List<String> parents, long policyVersion) {}
