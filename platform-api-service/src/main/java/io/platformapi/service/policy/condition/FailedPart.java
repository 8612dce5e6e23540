package io.platformapi.service.policy.condition;

/**
 * A test in a condition that came out otherwise than the condition needs to be true.
 *
 * @param test its text
 * @param attribute path of the attribute it reads first, or null
 * @param result how it came out
 */
public record FailedPart(String test, String attribute, Truth result) {}
