package io.platformapi.service.policy.engine;

/**
 * A role that has all that another role has.
 *
 * @param role the role that inherits, such as {@code admin}
 * @param inherits the role whose rules count for it too, such as {@code viewer}
 */
public record RoleInheritance(String role, String inherits) {}
