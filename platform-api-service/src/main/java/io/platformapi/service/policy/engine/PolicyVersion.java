package io.platformapi.service.policy.engine;

/**
 * Which policy a decision was made by.
 *
 * @param platform version of the platform's policy
 * @param tenant version of the tenant's policy, 0 when there is none
 */
public record PolicyVersion(long platform, long tenant) {}
