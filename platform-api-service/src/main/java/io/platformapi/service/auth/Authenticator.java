package io.platformapi.service.auth;

import io.micrometer.core.instrument.MeterRegistry;
import io.platformapi.service.http.RequestContext;
import io.platformapi.service.problem.ForbiddenException;
import io.platformapi.service.problem.TenantSuspendedException;
import io.platformapi.service.problem.UnauthenticatedException;
import io.platformapi.service.problem.UnavailableException;
import io.platformapi.service.problem.ValidationException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells who calls and for which tenant: from the credential alone, with X-Tenant-Id choosing only
 * where the credential may choose.
 */
public final class Authenticator {
  private static final String DEFAULT_PLATFORM = "default";
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final Logger log = LoggerFactory.getLogger(Authenticator.class);
  private final Credentials credentials;
  private final TenantLookup tenants;
  private final AuthAudit audit;
  private final MeterRegistry meters;

  public Authenticator(
      Credentials credentials, TenantLookup tenants, AuthAudit audit, MeterRegistry meters) {
    this.credentials = credentials;
    this.tenants = tenants;
    this.audit = audit;
    this.meters = meters;
  }

  /**
   * @param authorization all values of the header {@code Authorization}
   * @throws UnauthenticatedException without one valid credential
   * @throws ForbiddenException without the permission, or for another tenant than the credential's
   * @throws TenantSuspendedException when the tenant may not be used
   */
  Caller authenticate(
      List<String> authorization, RequestContext request, Call call, Permission permission) {
    Identity identity = identified(authorization);
    if (!request.selectionReadable()) {
      throw new ValidationException(
          RequestContext.TENANT_ID + ", " + RequestContext.PLATFORM_ID,
          "must be one value of visible ASCII characters each");
    }
    Optional<TenantView> tenant = tenant(identity, request, call);
    String platform = tenant.map(TenantView::platformId).orElse(DEFAULT_PLATFORM);
    if (request.platformId() != null && !request.platformId().equals(platform)) {
      throw refused(AuthAudit.Reason.PLATFORM_MISMATCH, identity, tenant, request, call);
    }
    if (!identity.scopes().contains(permission.scope())) {
      count("missing_scope");
      throw new ForbiddenException("the scope " + permission.scope() + " is needed");
    }
    checkUse(identity, tenant, permission);
    return new Caller(
        identity.credential(),
        identity.subject(),
        identity.clientId(),
        tenant.map(TenantView::id).orElse(null),
        platform,
        identity.scopes(),
        request.requestId());
  }

  private Identity identified(List<String> authorization) {
    try {
      return credentials.identify(authorization);
    } catch (UnauthenticatedException e) {
      count(e.presented() ? "invalid_token" : "no_token");
      log.info("refused a credential: {}", e.getMessage());
      throw e;
    }
  }

  private Optional<TenantView> tenant(Identity identity, RequestContext request, Call call) {
    String asked = request.tenantId();
    if (identity.bound()) {
      Optional<TenantView> own =
          identity.tenantId() == null
              ? tenants.byOrganization(identity.organizationId())
              : tenants.byId(identity.tenantId());
      if (own.isEmpty()) {
        throw refused(AuthAudit.Reason.UNKNOWN_ORGANIZATION, identity, own, request, call);
      }
      if (asked != null && !asked.equals(own.get().id())) {
        throw refused(AuthAudit.Reason.TENANT_MISMATCH, identity, own, request, call);
      }
      return own;
    }
    if (asked == null) {
      return Optional.empty();
    }
    Optional<TenantView> chosen = identity.delegates() ? tenants.byId(asked) : Optional.empty();
    if (chosen.isEmpty()) {
      throw refused(AuthAudit.Reason.TENANT_MISMATCH, identity, chosen, request, call);
    }
    return chosen;
  }

  private void checkUse(Identity identity, Optional<TenantView> tenant, Permission permission) {
    if (tenant.isEmpty()) {
      if (permission.tenantScoped()) {
        count("no_tenant");
        throw new ForbiddenException("the credential acts for no tenant here");
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
        count("tenant_suspended");
        throw new TenantSuspendedException();
      }
      case NOT_READY -> throw new UnavailableException("the tenant is not ready", RETRY_AFTER);
      case ACTIVE -> {}
    }
  }

  private ForbiddenException refused(
      AuthAudit.Reason reason,
      Identity identity,
      Optional<TenantView> own,
      RequestContext request,
      Call call) {
    count(reason.name().toLowerCase(Locale.ROOT));
    log.warn("refused {} for subject {}", reason, identity.subject());
    audit.refused(
        new AuthAudit.Refusal(
            reason,
            identity.subject(),
            identity.clientId(),
            own.map(TenantView::id).orElse(null),
            request.tenantId(),
            request.platformId(),
            call.method(),
            call.path(),
            request.requestId()));
    return new ForbiddenException("the credential may not act here");
  }

  private void count(String reason) {
    meters.counter("auth.refused", "reason", reason).increment();
  }

  /** What is called, for the audit. */
  record Call(String method, String path) {}
}
