package io.platformapi.service.policy;

/**
 * Payload of {@code role.assigned} and {@code role.unassigned}.
 *
 * @param policyVersion the tenant's policy version after the change
 */
record AssignmentEvent(String role, SubjectRef subject, long policyVersion) {}
