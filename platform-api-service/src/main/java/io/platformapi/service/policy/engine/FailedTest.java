package io.platformapi.service.policy.engine;

import io.platformapi.service.policy.condition.Truth;

/**
 * The part of a condition that kept a rule from matching.
 *
 * @param test its text in the condition's language
 * @param attribute path of the attribute it reads first, or null
 * @param result false, or unknown when an attribute is absent or of a wrong type
 */
public record FailedTest(String test, String attribute, Truth result) {}
