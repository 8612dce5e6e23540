package io.platformapi.service.policy;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What this policy decision point offers (AuthZEN Authorization API 1.0, section 9.1). Searches are
 * not offered, so their endpoints are left out.
 */
public record AuthzenMetadata(
    @JsonProperty("policy_decision_point") String policyDecisionPoint,
    @JsonProperty("access_evaluation_endpoint") String accessEvaluationEndpoint,
    @JsonProperty("access_evaluations_endpoint") String accessEvaluationsEndpoint) {}
