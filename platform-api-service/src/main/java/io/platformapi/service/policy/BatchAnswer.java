package io.platformapi.service.policy;

import java.util.List;

/**
 * Answers in the order of the questions, all by the same policy; fewer where the semantic stopped.
 */
public record BatchAnswer(List<CheckAnswer> evaluations) {}
