package io.platformapi.service.policy;

import java.util.List;

/** An Access Evaluations Response (AuthZEN Authorization API 1.0, section 7.2). */
public record Evaluations(List<Evaluation> evaluations) {}
