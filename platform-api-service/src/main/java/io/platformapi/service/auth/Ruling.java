package io.platformapi.service.auth;

import java.util.List;

/**
 * An answer of the policy.
 *
 * @param allowed whether the request may go on
 * @param reason why, as {@code POST /v1/authz/check} says it; null when allowed
 * @param rule the rule that decided, {@code platform:<id>} or {@code tenant:<policy>/<id>}; null
 *     when allowed, and when no rule allows
 * @param tenants whether that is a rule of the tenant
 * @param version the policy that it was decided by; null when allowed
 * @param errors what could not be evaluated, without values
 */
public record Ruling(
    boolean allowed,
    String reason,
    String rule,
    boolean tenants,
    String version,
    List<String> errors) {
  /** It may. */
  public static final Ruling ALLOWED = new Ruling(true, null, null, false, null, List.of());
}
