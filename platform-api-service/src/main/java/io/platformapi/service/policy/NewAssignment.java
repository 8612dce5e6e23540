package io.platformapi.service.policy;

/** A role for a subject. */
public record NewAssignment(SubjectRef subject) {}
