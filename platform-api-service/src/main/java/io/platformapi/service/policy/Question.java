package io.platformapi.service.policy;

import io.platformapi.service.policy.engine.AccessRequest;
import java.util.List;

/**
 * A question as the engine takes it.
 *
 * @param active whether the subject may be allowed anything at all
 * @param ignored paths that are not declared and were left out
 */
record Question(AccessRequest request, boolean active, List<String> ignored) {}
