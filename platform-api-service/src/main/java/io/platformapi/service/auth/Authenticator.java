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
 * Tells who calls and for which tenant: from the credential alone, with X-Tenant-Id choosing only
 * where the credential may choose.
 */
public final class Authenticator {
  private static final String DEFAULT_PLATFORM = "default";
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final Credentials credentials;
  private final TenantLookup tenants;
  private final Refusals refusals;

  public Authenticator(Credentials credentials, TenantLookup tenants, Refusals refusals) {
    this.credentials = credentials;
    this.tenants = tenants;
    this.refusals = refusals;
  }

  /**
   * @param authorization all values of the header {@code Authorization}
   * @throws UnauthenticatedException without one valid credential
   * @throws ForbiddenException without the permission, or for another tenant than the credential's
   * @throws TenantSuspendedException when the tenant may not be used
   */
  Caller authenticate(List<String> authorization, Attempt attempt, Permission permission) {
    RequestContext request = attempt.request();
    Identity identity = identified(authorization, attempt);
    if (!request.selectionReadable()) {
      throw new ValidationException(
          RequestContext.TENANT_ID + ", " + RequestContext.PLATFORM_ID,
          "must be one value of visible ASCII characters each");
    }
    Optional<TenantView> tenant = tenant(identity, attempt);
    String platform = tenant.map(TenantView::platformId).orElse(DEFAULT_PLATFORM);
    if (request.platformId() != null && !request.platformId().equals(platform)) {
      throw refused(Reason.PLATFORM_MISMATCH, identity, tenant, attempt);
    }
    if (!identity.scopes().contains(permission.scope())) {
      String message = "the scope " + permission.scope() + " is needed";
      throw refused(Reason.MISSING_SCOPE, message, identity, tenant, attempt);
    }
    checkUse(identity, tenant, permission, attempt);
    return new Caller(
        identity.credential(),
        identity.subject(),
        identity.clientId(),
        tenant.map(TenantView::id).orElse(null),
        platform,
        identity.scopes(),
        request.requestId());
  }

  private Identity identified(List<String> authorization, Attempt attempt) {
    try {
      return credentials.identify(authorization);
    } catch (UnauthenticatedException e) {
      refusals.unauthenticated(e, attempt);
      throw e;
    }
  }

  private Optional<TenantView> tenant(Identity identity, Attempt attempt) {
    String asked = attempt.request().tenantId();
    if (identity.bound()) {
      Optional<TenantView> own =
          identity.tenantId() == null
              ? tenants.byOrganization(identity.organizationId())
              : tenants.byId(identity.tenantId());
      if (own.isEmpty()) {
        Reason reason =
            identity.tenantId() == null ? Reason.UNKNOWN_ORGANIZATION : Reason.UNKNOWN_TENANT;
        throw refused(reason, identity, own, attempt);
      }
      if (asked != null && !asked.equals(own.get().id())) {
        throw refused(Reason.TENANT_MISMATCH, identity, own, attempt);
      }
      return own;
    }
    if (asked == null) {
      return Optional.empty();
    }
    Optional<TenantView> chosen = identity.delegates() ? tenants.byId(asked) : Optional.empty();
    if (chosen.isEmpty()) {
      throw refused(Reason.TENANT_MISMATCH, identity, chosen, attempt);
    }
    return chosen;
  }

  private void checkUse(
      Identity identity, Optional<TenantView> tenant, Permission permission, Attempt attempt) {
    if (tenant.isEmpty()) {
      if (permission.tenantScoped()) {
        throw refused(
            Reason.NO_TENANT, "the credential acts for no tenant here", identity, tenant, attempt);
      }
      return;
    }
    // Whoever administers tenants must reach one that is suspended, to resume it.
    boolean administers = !identity.bound() && !permission.tenantScoped();
    if (administers) {
      return;
    }
    switch (tenant.get().state()) {
      case SUSPENDED -> {
        refusals.forbidden(Reason.TENANT_SUSPENDED, null, identity, tenant.get().id(), attempt);
        throw new TenantSuspendedException();
      }
      case NOT_READY -> throw new UnavailableException("the tenant is not ready", RETRY_AFTER);
      case ACTIVE -> {}
    }
  }

  private ForbiddenException refused(
      Reason reason, Identity identity, Optional<TenantView> own, Attempt attempt) {
    return refused(reason, "the credential may not act here", identity, own, attempt);
  }

  private ForbiddenException refused(
      Reason reason, String message, Identity identity, Optional<TenantView> own, Attempt attempt) {
    refusals.forbidden(reason, message, identity, own.map(TenantView::id).orElse(null), attempt);
    return new ForbiddenException(message);
  }
}
