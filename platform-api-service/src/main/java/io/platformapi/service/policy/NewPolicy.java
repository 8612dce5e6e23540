package io.platformapi.service.policy;

import java.util.List;

/**
 * A policy as it is written.
 *
 * @param id natural key; a UUIDv7 is made on creation when absent, and it may be left out where the
 *     path names it
 * @param description for people; empty when absent
 * @param enabled whether its rules count; true when absent
 * @param rules at most {@value PolicyRules#MAX_RULES}
 */
public record NewPolicy(
    String id, String description, Boolean enabled, List<RuleDefinition> rules) {}
