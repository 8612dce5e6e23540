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
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells who calls and for which tenant: from the token alone, with X-Tenant-Id choosing only where
 * the token may choose.
 */
public final class Authenticator {
  private static final String DEFAULT_PLATFORM = "default";
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final Logger log = LoggerFactory.getLogger(Authenticator.class);
  private final TokenVerifier verifier;
  private final TenantLookup tenants;
  private final AuthAudit audit;
  private final MeterRegistry meters;

  public Authenticator(
      TokenVerifier verifier, TenantLookup tenants, AuthAudit audit, MeterRegistry meters) {
    this.verifier = verifier;
    this.tenants = tenants;
    this.audit = audit;
    this.meters = meters;
  }

  /**
   * @param authorization all values of the header {@code Authorization}
   * @throws UnauthenticatedException without one valid bearer token
   * @throws ForbiddenException without the permission, or for another tenant than the token's
   * @throws TenantSuspendedException when the tenant may not be used
   */
  Caller authenticate(
      List<String> authorization, RequestContext request, Call call, Permission permission) {
    VerifiedToken token = verified(authorization);
    if (!request.selectionReadable()) {
      throw new ValidationException(
          RequestContext.TENANT_ID + ", " + RequestContext.PLATFORM_ID,
          "must be one value of visible ASCII characters each");
    }
    Optional<TenantView> tenant = tenant(token, request, call);
    String platform = tenant.map(TenantView::platformId).orElse(DEFAULT_PLATFORM);
    if (request.platformId() != null && !request.platformId().equals(platform)) {
      throw refused(AuthAudit.Reason.PLATFORM_MISMATCH, token, tenant, request, call);
    }
    if (!token.scopes().contains(permission.scope())) {
      count("missing_scope");
      throw new ForbiddenException("the scope " + permission.scope() + " is needed");
    }
    checkUse(token, tenant, permission);
    return new Caller(
        token.subject(),
        token.clientId(),
        tenant.map(TenantView::id).orElse(null),
        platform,
        scopes(token),
        request.requestId());
  }

  /** An organization's token acts for its own tenant, whatever role somebody made in Logto. */
  private static Set<String> scopes(VerifiedToken token) {
    if (token.organizationId() == null || !token.scopes().contains(Permission.DELEGATION)) {
      return token.scopes();
    }
    return token.scopes().stream()
        .filter(scope -> !scope.equals(Permission.DELEGATION))
        .collect(Collectors.toUnmodifiableSet());
  }

  private VerifiedToken verified(List<String> authorization) {
    try {
      return verifier.verify(BearerToken.of(authorization));
    } catch (UnauthenticatedException e) {
      count(e.presented() ? "invalid_token" : "no_token");
      log.info("refused a token: {}", e.getMessage());
      throw e;
    }
  }

  private Optional<TenantView> tenant(VerifiedToken token, RequestContext request, Call call) {
    String asked = request.tenantId();
    if (token.organizationId() != null) {
      Optional<TenantView> own = tenants.byOrganization(token.organizationId());
      if (own.isEmpty()) {
        throw refused(AuthAudit.Reason.UNKNOWN_ORGANIZATION, token, own, request, call);
      }
      if (asked != null && !asked.equals(own.get().id())) {
        throw refused(AuthAudit.Reason.TENANT_MISMATCH, token, own, request, call);
      }
      return own;
    }
    if (asked == null) {
      return Optional.empty();
    }
    Optional<TenantView> chosen =
        token.scopes().contains(Permission.DELEGATION) ? tenants.byId(asked) : Optional.empty();
    if (chosen.isEmpty()) {
      throw refused(AuthAudit.Reason.TENANT_MISMATCH, token, chosen, request, call);
    }
    return chosen;
  }

  private void checkUse(VerifiedToken token, Optional<TenantView> tenant, Permission permission) {
    if (tenant.isEmpty()) {
      if (permission.tenantScoped()) {
        count("no_tenant");
        throw new ForbiddenException("the token acts for no tenant here");
      }
      return;
    }
    // Whoever administers tenants must reach one that is suspended, to resume it.
    boolean administers = token.organizationId() == null && !permission.tenantScoped();
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
      VerifiedToken token,
      Optional<TenantView> own,
      RequestContext request,
      Call call) {
    count(reason.name().toLowerCase(Locale.ROOT));
    log.warn("refused {} for subject {}", reason, token.subject());
    audit.refused(
        new AuthAudit.Refusal(
            reason,
            token.subject(),
            token.clientId(),
            own.map(TenantView::id).orElse(null),
            request.tenantId(),
            request.platformId(),
            call.method(),
            call.path(),
            request.requestId()));
    return new ForbiddenException("the token may not act here");
  }

  private void count(String reason) {
    meters.counter("auth.refused", "reason", reason).increment();
  }

  /** What is called, for the audit. */
  record Call(String method, String path) {}
}
