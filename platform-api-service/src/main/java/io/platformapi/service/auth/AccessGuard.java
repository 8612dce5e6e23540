package io.platformapi.service.auth;

import io.platformapi.service.http.RequestContext;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Asks the policy whether a request may reach its endpoint.
 *
 * <p>A service that speaks for a user must be allowed itself, by its own scopes and roles, and so
 * must the user, by its roles: the scopes of a service are no user's consent.
 */
final class AccessGuard {
  private static final Set<String> ROLES_ALONE = Set.of(Permission.ROLES);

  private final AccessPolicy policy;
  private final Refusals refusals;

  AccessGuard(AccessPolicy policy, Refusals refusals) {
    this.policy = policy;
    this.refusals = refusals;
  }

  /**
   * @throws io.platformapi.service.problem.ForbiddenException when the policy does not allow it
   */
  Access admit(Claim claim, Permission permission) {
    PolicyAccess access = new PolicyAccess(claim, permission, held(claim, permission), refusals);
    access.admit();
    return access;
  }

  private List<PolicyAccess.Held> held(Claim claim, Permission permission) {
    if (permission.scope() == null) {
      return List.of();
    }
    PolicyAccess.Held credential =
        new PolicyAccess.Held(false, policy.of(credential(claim, permission), permission));
    if (!speaksForUser(claim)) {
      return List.of(credential);
    }
    return List.of(credential, new PolicyAccess.Held(true, policy.of(user(claim), permission)));
  }

  private static boolean speaksForUser(Claim claim) {
    return claim.user() != null && claim.identity().delegates();
  }

  private static Asker credential(Claim claim, Permission permission) {
    Identity identity = claim.identity();
    UserView own = speaksForUser(claim) ? null : claim.user();
    return new Asker(
        identity.token() ? identity.subject() : identity.credential().id(),
        kind(identity),
        claim.tenant() == null ? null : claim.tenant().id(),
        heldByTenant(claim, permission),
        own == null ? Set.of() : own.roles(),
        identity.scopes(),
        own == null ? Map.of() : own.attributes(),
        circumstances(claim));
  }

  private static Asker user(Claim claim) {
    UserView user = claim.user();
    return new Asker(
        user.subject() == null ? user.id() : user.subject(),
        Asker.Kind.USER,
        claim.tenant().id(),
        true,
        user.roles(),
        ROLES_ALONE,
        user.attributes(),
        circumstances(claim));
  }

  private static Asker.Kind kind(Identity identity) {
    if (!identity.token()) {
      return Asker.Kind.API_KEY;
    }
    return identity.person() ? Asker.Kind.USER : Asker.Kind.SERVICE;
  }

  /**
   * Whoever administers tenants must reach one whose policy cannot be had, and whoever mends the
   * policy of a tenant that has locked itself out must not be locked out with it.
   */
  private static boolean heldByTenant(Claim claim, Permission permission) {
    if (claim.identity().bound()) {
      return true;
    }
    boolean mends = permission.aboutPolicies() && !speaksForUser(claim);
    return permission.tenantScoped() && !mends;
  }

  private static Asker.Circumstances circumstances(Claim claim) {
    RequestContext request = claim.attempt().request();
    return new Asker.Circumstances(
        request.clientAddress(), request.requestId(), claim.identity().credential().kind());
  }
}
