package io.platformapi.service.policy;

import java.util.List;

/**
 * Many questions at once.
 *
 * @param semantic {@code execute_all} when absent
 * @param evaluations 1 to {@value DecisionService#MAX_BATCH} questions
 */
public record BatchRequest(BatchSemantic semantic, List<CheckRequest> evaluations) {}
