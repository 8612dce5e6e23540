package io.platformapi.service.auth;

import io.platformapi.service.auth.AuthAudit.Reason;
import io.platformapi.service.http.RequestContext;
import io.platformapi.service.problem.ForbiddenException;
import io.platformapi.service.problem.TenantSuspendedException;
import io.platformapi.service.problem.UnauthenticatedException;
import io.platformapi.service.problem.UnavailableException;
import io.platformapi.service.problem.ValidationException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Tells who calls, for which tenant and of which user: from the credential alone, with X-Tenant-Id
 * and X-User-Id choosing only where the credential may choose. What that caller may do is the
 * policy's matter.
 */
public final class Authenticator {
  private static final String DEFAULT_PLATFORM = "default";
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final Credentials credentials;
  private final Revocations revocations;
  private final TenantLookup tenants;
  private final UserLookup users;
  private final AccessGuard guard;
  private final Refusals refusals;

  public Authenticator(
      Credentials credentials,
      Revocations revocations,
      TenantLookup tenants,
      UserLookup users,
      AccessPolicy policy,
      Refusals refusals) {
    this.credentials = credentials;
    this.revocations = revocations;
    this.tenants = tenants;
    this.users = users;
    this.guard = new AccessGuard(policy, refusals);
    this.refusals = refusals;
  }

  /**
   * @param authorization all values of the header {@code Authorization}
   * @throws UnauthenticatedException without one valid credential
   * @throws ForbiddenException when the policy does not allow it, for another tenant than the
   *     credential's, or of another user
   * @throws TenantSuspendedException when the tenant may not be used
   */
  Caller authenticate(List<String> authorization, Attempt attempt, Permission permission) {
    Identity identity = identified(authorization, attempt);
    RequestContext request = attempt.request();
    if (!request.selectionReadable()) {
      throw new ValidationException(
          String.join(
              ", ", RequestContext.TENANT_ID, RequestContext.PLATFORM_ID, RequestContext.USER_ID),
          "must be one value of visible ASCII characters each");
    }
    Claim claim = withTenant(Claim.of(identity, attempt));
    checkSubject(claim);
    String platform = claim.tenant() == null ? DEFAULT_PLATFORM : claim.tenant().platformId();
    if (request.platformId() != null && !request.platformId().equals(platform)) {
      throw refusals.misplaced(Reason.PLATFORM_MISMATCH, claim);
    }
    checkUse(claim, permission);
    claim = withUser(claim);
    Access access = guard.admit(claim, permission);
    return new Caller(
        identity.credential(),
        identity.subject(),
        identity.clientId(),
        claim.user(),
        claim.tenant() == null ? null : claim.tenant().id(),
        platform,
        identity.scopes(),
        access,
        request.requestId());
  }

  private Identity identified(List<String> authorization, Attempt attempt) {
    try {
      Identity identity = credentials.identify(authorization);
      Credential shown = identity.credential();
      if (shown.kind() == Credential.Kind.TOKEN && revocations.isRevoked(shown.id())) {
        throw new UnauthenticatedException(true, "revoked");
      }
      return identity;
    } catch (UnauthenticatedException e) {
      refusals.unauthenticated(e, attempt);
      throw e;
    }
  }

  private void checkSubject(Claim claim) {
    Credential shown = claim.identity().credential();
    String tenant = claim.tenant() == null ? null : claim.tenant().id();
    boolean revoked =
        shown.kind() == Credential.Kind.TOKEN
            && revocations.isRevoked(tenant, claim.identity().subject(), shown.issuedAt());
    if (revoked) {
      UnauthenticatedException refused =
          new UnauthenticatedException(true, "the subject's earlier tokens are revoked");
      refusals.unauthenticated(refused, claim.attempt());
      throw refused;
    }
  }

  private Claim withTenant(Claim claim) {
    Identity identity = claim.identity();
    String asked = claim.attempt().request().tenantId();
    if (identity.bound()) {
      Claim own = claim.forTenant(ownTenant(identity));
      if (own.tenant() == null) {
        throw refusals.misplaced(
            identity.tenantId() == null ? Reason.UNKNOWN_ORGANIZATION : Reason.UNKNOWN_TENANT, own);
      }
      if (asked != null && !asked.equals(own.tenant().id())) {
        throw refusals.misplaced(Reason.TENANT_MISMATCH, own);
      }
      return own;
    }
    if (asked == null) {
      return claim;
    }
    Claim chosen = claim.forTenant(identity.delegates() ? tenants.byId(asked) : Optional.empty());
    if (chosen.tenant() == null) {
      throw refusals.misplaced(Reason.TENANT_MISMATCH, chosen);
    }
    return chosen;
  }

  private Optional<TenantView> ownTenant(Identity identity) {
    return identity.tenantId() == null
        ? tenants.byOrganization(identity.organizationId())
        : tenants.byId(identity.tenantId());
  }

  private void checkUse(Claim claim, Permission permission) {
    if (claim.tenant() == null) {
      if (permission.tenantScoped()) {
        throw refusals.forbidden(Reason.NO_TENANT, "the credential acts for no tenant here", claim);
      }
      return;
    }
    // Whoever administers tenants must reach one that is suspended, to resume it.
    boolean administers = !claim.identity().bound() && !permission.tenantScoped();
    if (administers) {
      return;
    }
    switch (claim.tenant().state()) {
      case SUSPENDED -> {
        refusals.keep(Reason.TENANT_SUSPENDED, null, null, claim);
        throw new TenantSuspendedException();
      }
      case NOT_READY -> throw new UnavailableException("the tenant is not ready", RETRY_AFTER);
      case ACTIVE -> {}
    }
  }

  private Claim withUser(Claim claim) {
    Identity identity = claim.identity();
    String asked = claim.attempt().request().userId();
    if (identity.delegates()) {
      return asked == null ? claim : delegated(claim, asked);
    }
    Claim own = claim.by(ownUser(claim));
    checkStatus(own);
    boolean itself =
        asked == null
            || asked.equals(identity.subject())
            || own.user() != null && asked.equalsIgnoreCase(own.user().id());
    if (!itself) {
      throw refusals.misplaced(Reason.USER_MISMATCH, own);
    }
    return own;
  }

  private Optional<UserView> ownUser(Claim claim) {
    Identity identity = claim.identity();
    if (!identity.bound() || !identity.token()) {
      return Optional.empty();
    }
    UserLookup.Holder holder =
        new UserLookup.Holder(
            identity.subject(), identity.person(), claim.attempt().request().requestId());
    return claim.activeTenant().flatMap(tenant -> users.ofSubject(tenant, holder));
  }

  private Claim delegated(Claim claim, String userId) {
    Claim chosen = claim.by(claim.activeTenant().flatMap(tenant -> users.byId(tenant, userId)));
    if (chosen.user() == null) {
      throw refusals.misplaced(Reason.UNKNOWN_USER, chosen);
    }
    checkStatus(chosen);
    return chosen;
  }

  private void checkStatus(Claim claim) {
    if (claim.user() == null) {
      return;
    }
    switch (claim.user().status()) {
      case SUSPENDED -> throw refusals.misplaced(Reason.USER_SUSPENDED, claim);
      case DELETED -> throw refusals.misplaced(Reason.USER_DELETED, claim);
      case ACTIVE -> {}
    }
  }
}
