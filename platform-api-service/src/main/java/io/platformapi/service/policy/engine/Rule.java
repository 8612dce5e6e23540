package io.platformapi.service.policy.engine;

/**
 * One rule of a policy.
 *
 * @param id unique within its layer
 * @param effect allow or deny
 * @param role role the subject must have, or {@code *}
 * @param resourceType type of the resource, or {@code *}; of a tenant's rule {@code *} means every
 *     type that is not the platform's
 * @param action action, or {@code *}
 * @param condition text of the condition; empty or null means always
 * @param description for people; may be empty
 */
public record Rule(
    String id,
    Effect effect,
    String role,
    String resourceType,
    String action,
    String condition,
    String description) {
  /** Any role, type or action. */
  public static final String ANY = "*";

  public Rule {
    condition = condition == null ? "" : condition;
    description = description == null ? "" : description;
  }
}
