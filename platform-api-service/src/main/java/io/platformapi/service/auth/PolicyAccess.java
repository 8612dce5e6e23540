package io.platformapi.service.auth;

import io.platformapi.service.auth.AuthAudit.Reason;
import io.platformapi.service.problem.ForbiddenException;
import io.platformapi.service.problem.ResourceNotFoundException;
import io.platformapi.service.problem.UnauthenticatedException;
import java.util.List;

/**
 * What one state of the policy lets one request do.
 *
 * <p>Not for several threads. What it refuses is kept when the work is over, by {@link #settle}:
 * inside, the row of the audit log would be rolled back with the work.
 */
final class PolicyAccess implements Access {
  private final Claim claim;
  private final Permission permission;
  private final List<Held> held;
  private final Refusals refusals;
  private Denial denial;

  /**
   * @param held everybody who must be allowed; nobody when the endpoint is for every caller
   */
  PolicyAccess(Claim claim, Permission permission, List<Held> held, Refusals refusals) {
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
        denial = denial(each, ruling);
        settle();
        throw new ForbiddenException(denial.message);
      }
    }
  }

  @Override
  public RowFilter rows(RowColumns columns) {
    checkAsked();
    try {
      return held.stream()
          .map(each -> each.rights.rows(columns))
          .reduce(RowFilter::and)
          .orElseThrow();
    } catch (ForbiddenException e) {
      denial = new Denial(Reason.DENIED_BY_POLICY, e.getMessage(), null);
      throw e;
    }
  }

  @Override
  public void checkPresent(String what, ResourceView resource) {
    if (denies(resource)) {
      boolean seen = held.stream().allMatch(each -> each.rights.sees(resource));
      throw seen ? new ForbiddenException(denial.message) : new ResourceNotFoundException(what);
    }
  }

  @Override
  public void checkWanted(ResourceView resource) {
    if (denies(resource)) {
      throw new ForbiddenException(denial.message);
    }
  }

  @Override
  public boolean allows(Permission other, ResourceView resource) {
    checkAsked();
    return held.stream().allMatch(each -> each.rights.allows(other, resource));
  }

  @Override
  public ForbiddenException refuse(Reason reason, String message) {
    denial = new Denial(reason, message, null);
    return new ForbiddenException(message);
  }

  @Override
  public UnauthenticatedException refuseCredential(String message) {
    denial = new Denial(Reason.INVALID_CREDENTIAL, message, null);
    return new UnauthenticatedException(true, message);
  }

  /** Keeps what was refused last, if anything was. */
  void settle() {
    if (denial != null) {
      refusals.keep(denial.reason, denial.message, denial.ruling, claim);
    }
  }

  private boolean denies(ResourceView resource) {
    checkAsked();
    for (Held each : held) {
      Ruling ruling = each.rights.on(resource);
      if (!ruling.allowed()) {
        denial = denial(each, ruling);
        return true;
      }
    }
    return false;
  }

  private void checkAsked() {
    if (held.isEmpty()) {
      throw new IllegalStateException("an endpoint for every caller has no rights to ask for");
    }
  }

  private Denial denial(Held each, Ruling ruling) {
    if (each.forUser) {
      return new Denial(Reason.DENIED_BY_POLICY, "the user may not do this", ruling);
    }
    // A rule of the tenant decides only where the platform denies nothing.
    boolean scopeMissing =
        !ruling.tenants() && !claim.identity().scopes().contains(permission.scope());
    return scopeMissing
        ? new Denial(Reason.MISSING_SCOPE, "the scope " + permission.scope() + " is needed", ruling)
        : new Denial(Reason.DENIED_BY_POLICY, "the policy does not allow this", ruling);
  }

  /**
   * Somebody who must be allowed.
   *
   * @param forUser whether it is the user that a delegate speaks for
   */
  record Held(boolean forUser, Rights rights) {}

  private record Denial(Reason reason, String message, Ruling ruling) {}
}
