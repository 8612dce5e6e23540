package io.platformapi.service.policy;

import io.platformapi.service.policy.engine.AccessRequest;
import java.time.Instant;
import java.util.UUID;

/**
 * What was asked and answered.
 *
 * @param decidedBy layer and rule with a colon between, or null
 */
record RecordedDecision(
    UUID id,
    Instant decidedAt,
    String policyVersion,
    boolean allowed,
    String decidedBy,
    AccessRequest request) {}
