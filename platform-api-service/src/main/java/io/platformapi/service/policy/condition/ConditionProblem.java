package io.platformapi.service.policy.condition;

/**
 * Why a condition cannot be used.
 *
 * @param position index of the first offending character, from 0
 * @param message what is expected, without values of anybody's attributes
 */
public record ConditionProblem(int position, String message) {}
