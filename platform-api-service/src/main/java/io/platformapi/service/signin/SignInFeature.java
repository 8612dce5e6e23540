package io.platformapi.service.signin;

import io.platformapi.routes.gateway.Gateway;
import io.platformapi.service.audit.AttemptLog;
import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.auth.IdTokenVerifier;
import io.platformapi.service.auth.Issuer;
import io.platformapi.service.auth.SigningKeys;
import io.platformapi.service.auth.TenantLookup;
import io.platformapi.service.config.AuthConfiguration;
import io.platformapi.service.config.SignInConfiguration;
import io.platformapi.service.persistence.InAdmin;
import java.time.Clock;

/** Signing in and sessions, put together. */
public final class SignInFeature {
  private final SignInService signIns;
  private final SessionService sessions;

  /**
   * @param log of the admin database
   * @param attempts keeps those that were refused
   * @param revocations what is revoked, started elsewhere since every request asks it
   */
  public SignInFeature(
      AuthConfiguration auth,
      SignInConfiguration configuration,
      Gateway gateway,
      Issuer issuer,
      SigningKeys keys,
      InAdmin admin,
      AuditLog log,
      AttemptLog attempts,
      TenantLookup tenants,
      TokenRevocations revocations,
      Clock clock) {
    SignInRules rules =
        new SignInRules(configuration.redirectUriList(), configuration.postLogoutRedirectUriList());
    TokenEndpoint endpoint = new TokenEndpoint(gateway, issuer, configuration);
    SessionAudit audit = new SessionAudit(admin, log, attempts, tenants);
    signIns =
        new SignInService(
            admin,
            configuration,
            auth,
            rules,
            issuer,
            endpoint,
            new IdTokenVerifier(keys, auth.issuer(), configuration.clientId(), clock),
            audit,
            clock);
    sessions = new SessionService(configuration, rules, issuer, endpoint, revocations, audit);
  }

  public SignInResource signInResource() {
    return new SignInResource(signIns);
  }

  public SessionResource sessionResource() {
    return new SessionResource(sessions);
  }
}
