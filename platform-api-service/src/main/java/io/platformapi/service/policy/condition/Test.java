package io.platformapi.service.policy.condition;

/** A condition or a part of one, ready to be evaluated; immutable. */
@FunctionalInterface
interface Test {
  Truth of(Facts facts);
}
