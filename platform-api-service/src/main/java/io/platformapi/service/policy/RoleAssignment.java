package io.platformapi.service.policy;

import java.time.Instant;
import java.util.UUID;

/** That a subject has a role. */
public record RoleAssignment(UUID id, String role, SubjectRef subject, Instant createdAt) {}
