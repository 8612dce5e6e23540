package io.platformapi.service.policy;

/**
 * Who has a role.
 *
 * @param type {@code service} or {@code api_key}
 * @param id stable id, such as the {@code sub} of its tokens
 */
public record SubjectRef(String type, String id) {}
