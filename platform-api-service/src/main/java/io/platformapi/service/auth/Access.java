package io.platformapi.service.auth;

import io.platformapi.service.auth.AuthAudit.Reason;
import io.platformapi.service.problem.ForbiddenException;
import java.util.List;

/** What one request may do. */
public final class Access {
  private final Claim claim;
  private final Permission permission;
  private final List<Held> held;
  private final Refusals refusals;

  /**
   * @param held everybody who must be allowed
   */
  Access(Claim claim, Permission permission, List<Held> held, Refusals refusals) {
    this.claim = claim;
    this.permission = permission;
    this.held = held;
    this.refusals = refusals;
  }

  /**
   * @throws ForbiddenException when there can be no resource that it is allowed on
   */
  void admit() {
    for (Held each : held) {
      Ruling ruling = each.rights.atAll();
      if (!ruling.allowed()) {
        Denial denial = denial(each, ruling);
        refusals.keep(denial.reason, denial.message, ruling, claim);
        throw new ForbiddenException(denial.message);
      }
    }
  }

  private Denial denial(Held each, Ruling ruling) {
    if (each.forUser) {
      return new Denial(Reason.DENIED_BY_POLICY, "the user may not do this");
    }
    // A rule of the tenant decides only where the platform denies nothing.
    boolean scopeMissing =
        !ruling.tenants() && !claim.identity().scopes().contains(permission.scope());
    return scopeMissing
        ? new Denial(Reason.MISSING_SCOPE, "the scope " + permission.scope() + " is needed")
        : new Denial(Reason.DENIED_BY_POLICY, "the policy does not allow this");
  }

  /**
   * Somebody who must be allowed.
   *
   * @param forUser whether it is the user that a delegate speaks for
   */
  record Held(boolean forUser, Rights rights) {}

  private record Denial(Reason reason, String message) {}
}
