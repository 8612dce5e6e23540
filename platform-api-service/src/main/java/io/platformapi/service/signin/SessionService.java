package io.platformapi.service.signin;

import io.platformapi.service.auth.AuthAudit.Reason;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.Credential;
import io.platformapi.service.auth.Issuer;
import io.platformapi.service.config.SignInConfiguration;
import io.platformapi.service.problem.ForbiddenException;
import io.platformapi.service.problem.UnavailableException;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/** Tells a caller about its session, and ends it. */
public final class SessionService {
  private final SignInConfiguration configuration;
  private final SignInRules rules;
  private final Issuer issuer;
  private final TokenEndpoint endpoint;
  private final TokenRevocations revocations;
  private final SessionAudit audit;

  SessionService(
      SignInConfiguration configuration,
      SignInRules rules,
      Issuer issuer,
      TokenEndpoint endpoint,
      TokenRevocations revocations,
      SessionAudit audit) {
    this.configuration = configuration;
    this.rules = rules;
    this.issuer = issuer;
    this.endpoint = endpoint;
    this.revocations = revocations;
    this.audit = audit;
  }

  Me me(Caller caller) {
    Credential credential = caller.credential();
    return new Me(
        caller.subject(),
        caller.userId().orElse(null),
        caller.clientId(),
        credential.kind().name().toLowerCase(Locale.ROOT),
        caller.tenant(),
        caller.platformId(),
        caller.scopes().stream().sorted().toList(),
        caller.roles().stream().sorted().toList(),
        caller.attributes(),
        credential.issuedAt(),
        credential.expiresAt());
  }

  /**
   * Ends a session: the access token is of no use any more when this returns, here at once, on
   * other nodes with their next look at the latest. What the issuer still has to do is tried once.
   *
   * @throws ForbiddenException for an API key, which has no session
   */
  EndedSession logout(Caller caller, Logout given, RequestTrace trace) {
    rules.check(given);
    Credential credential = caller.credential();
    if (credential.kind() != Credential.Kind.TOKEN) {
      throw caller.access().refuse(Reason.NO_SESSION, "only a token has a session to end");
    }
    revocations.revoke(
        credential.id(), credential.expiresAt(), () -> audit.signedOut(caller, trace));
    Boolean revoked = null;
    if (given.refreshToken() != null) {
      revoked = configuration.isOn() && endpoint.revoke(given.refreshToken(), trace);
    }
    return new EndedSession(endSession(given).orElse(null), revoked);
  }

  /** OpenID Connect RP-Initiated Logout 1.0, section 2. */
  private Optional<String> endSession(Logout given) {
    if (!configuration.isOn()) {
      return Optional.empty();
    }
    Form query =
        new Form()
            .with("client_id", configuration.clientId())
            .with("id_token_hint", given.idToken())
            .with("post_logout_redirect_uri", given.postLogoutRedirectUri());
    try {
      return issuer.endpoints().endSessionUrl().map(url -> url + separator(url) + query.text());
    } catch (UnavailableException e) {
      return Optional.empty();
    }
  }

  private static String separator(URI url) {
    return url.getRawQuery() == null ? "?" : "&";
  }
}
