package io.platformapi.service.policy.engine;

/**
 * Why a rule or a role link cannot be written.
 *
 * @param field name of the field, such as {@code condition}
 * @param position index of the offending character in the field, from 0, or -1 when it has none
 * @param message what is expected
 */
public record RuleProblem(String field, int position, String message) {}
