package io.platformapi.service.signin;

import io.platformapi.service.audit.AuditAction;
import io.platformapi.service.auth.IdTokenVerifier;
import io.platformapi.service.auth.Issuer;
import io.platformapi.service.config.AuthConfiguration;
import io.platformapi.service.config.SignInConfiguration;
import io.platformapi.service.persistence.InAdmin;
import io.platformapi.service.problem.ForbiddenException;
import io.platformapi.service.problem.SignInRefusedException;
import io.platformapi.service.problem.UnauthenticatedException;
import io.platformapi.service.problem.UnavailableException;
import io.platformapi.service.problem.UpstreamFailedException;
import io.platformapi.service.problem.ValidationException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs users in at the issuer (authorization code with PKCE, RFC 6749 and 7636; OpenID Connect
 * Core 1.0) and refreshes their tokens. State, verifier and nonce are kept here, once.
 */
public final class SignInService {
  /** How long a user has to sign in. */
  static final Duration LIFE = Duration.ofMinutes(10);

  private static final Duration RETRY_AFTER = Duration.ofMinutes(5);

  private final Logger log = LoggerFactory.getLogger(SignInService.class);
  private final SignInSql sql;
  private final SignInConfiguration configuration;
  private final AuthConfiguration auth;
  private final SignInRules rules;
  private final Issuer issuer;
  private final TokenEndpoint endpoint;
  private final IdTokenVerifier idTokens;
  private final SessionAudit audit;
  private final Clock clock;

  SignInService(
      InAdmin admin,
      SignInConfiguration configuration,
      AuthConfiguration auth,
      SignInRules rules,
      Issuer issuer,
      TokenEndpoint endpoint,
      IdTokenVerifier idTokens,
      SessionAudit audit,
      Clock clock) {
    this.sql = new SignInSql(admin);
    this.configuration = configuration;
    this.auth = auth;
    this.rules = rules;
    this.issuer = issuer;
    this.endpoint = endpoint;
    this.idTokens = idTokens;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Begins a sign-in, which any node can complete within 10 minutes, once.
   *
   * @throws UnavailableException when nobody signs in here, or the issuer was never reached
   */
  StartedSignIn start(NewSignIn given) {
    checkOn();
    Set<String> scopes = rules.check(given);
    URI authorization =
        issuer
            .endpoints()
            .authorizationUrl()
            .orElseThrow(() -> new UpstreamFailedException("the issuer has no sign-in page"));
    SealedSignIn secrets = SealedSignIn.fresh();
    Instant now = clock.instant();
    Instant expiresAt = now.plus(LIFE);
    sql.insert(
        new SignInSql.Begun(secrets, given.redirectUri(), given.organizationId()), now, expiresAt);
    Form query =
        new Form()
            .with("response_type", "code")
            .with("client_id", configuration.clientId())
            .with("redirect_uri", given.redirectUri())
            .with("scope", String.join(" ", scopes))
            .with("resource", auth.audience())
            .with("state", secrets.state())
            .with("nonce", secrets.nonce())
            .with("code_challenge", secrets.challenge())
            .with("code_challenge_method", "S256")
            .with("organization_id", given.organizationId());
    if (scopes.contains(SignInRules.OFFLINE_ACCESS)) {
      // Without consent the issuer drops the scope (OpenID Connect Core 1.0, section 11).
      query.with("prompt", "consent");
    }
    String url = authorization + (authorization.getRawQuery() == null ? "?" : "&") + query.text();
    return new StartedSignIn(url, secrets.state(), expiresAt);
  }

  /**
   * Completes a sign-in: tokens for the code.
   *
   * @throws SignInRefusedException when the state is unknown, used or old, or the issuer refuses
   * @throws ForbiddenException when the user may not act for the organization
   */
  Tokens complete(Callback given, RequestTrace trace) {
    checkOn();
    rules.check(given);
    Optional<SignInSql.Begun> begun = sql.take(given.state(), clock.instant());
    if (begun.isEmpty()) {
      throw refused(AuditAction.SIGN_IN_REFUSED, null, "unknown_state", trace);
    }
    String organization = begun.get().organizationId();
    if (given.iss() != null && !given.iss().equals(auth.issuer())) {
      throw refused(AuditAction.SIGN_IN_REFUSED, organization, "other_issuer", trace);
    }
    SealedSignIn secrets = begun.get().secrets();
    Form form =
        new Form()
            .with("grant_type", "authorization_code")
            .with("code", given.code())
            .with("redirect_uri", begun.get().redirectUri())
            .with("code_verifier", secrets.verifier())
            .with("resource", auth.audience());
    Tokens tokens = granted(AuditAction.SIGN_IN_REFUSED, form, organization, trace);
    String subject =
        subject(AuditAction.SIGN_IN_REFUSED, tokens, secrets.nonce(), organization, trace);
    if (organization != null) {
      tokens = forOrganization(tokens, organization, trace);
    }
    audit.granted(AuditAction.SIGNED_IN, subject, organization, tokens.scope(), trace);
    return tokens;
  }

  /**
   * New tokens for a refresh token.
   *
   * @throws SignInRefusedException when the refresh token is not good, or any more
   * @throws ForbiddenException when the user may not act for the organization
   */
  Tokens refresh(RefreshRequest given, RequestTrace trace) {
    checkOn();
    rules.check(given);
    Form form =
        refreshing(given.refreshToken(), given.organizationId())
            .with("scope", given.scopes() == null ? null : String.join(" ", given.scopes()));
    Tokens tokens = granted(AuditAction.REFRESH_REFUSED, form, given.organizationId(), trace);
    String subject =
        tokens.idToken() == null
            ? "unknown"
            : subject(AuditAction.REFRESH_REFUSED, tokens, null, given.organizationId(), trace);
    audit.granted(
        AuditAction.SESSION_REFRESHED, subject, given.organizationId(), tokens.scope(), trace);
    return tokens;
  }

  /** Logto issues an organization's token for a refresh token only, never for a code. */
  private Tokens forOrganization(Tokens tokens, String organization, RequestTrace trace) {
    if (tokens.refreshToken() == null) {
      throw new UpstreamFailedException("the issuer gave no refresh token for the organization");
    }
    Tokens bound =
        granted(
            AuditAction.SIGN_IN_REFUSED,
            refreshing(tokens.refreshToken(), organization),
            organization,
            trace);
    Tokens complete =
        bound.refreshToken() == null ? bound.withRefreshToken(tokens.refreshToken()) : bound;
    return complete.withIdToken(tokens.idToken());
  }

  private Form refreshing(String refreshToken, String organization) {
    return new Form()
        .with("grant_type", "refresh_token")
        .with("refresh_token", refreshToken)
        .with("resource", auth.audience())
        .with("organization_id", organization);
  }

  private Tokens granted(AuditAction failure, Form form, String organization, RequestTrace trace) {
    try {
      return endpoint.tokens(form, trace);
    } catch (IssuerRefusal e) {
      audit.refused(failure, organization, e.error(), trace);
      throw switch (e.error()) {
        case "invalid_grant" -> refusal();
        case "access_denied", "insufficient_scope" ->
            new ForbiddenException("the user may not act for this organization");
        case "invalid_scope" ->
            new ValidationException("scopes", "must be among those that were granted");
        default -> new UpstreamFailedException("the token issuer does not know this service");
      };
    }
  }

  private String subject(
      AuditAction failure, Tokens tokens, String nonce, String organization, RequestTrace trace) {
    if (tokens.idToken() == null) {
      throw new UpstreamFailedException("the issuer answered without an ID token");
    }
    try {
      return idTokens.verify(tokens.idToken(), nonce, tokens.accessToken());
    } catch (UnauthenticatedException e) {
      log.warn("refused an ID token: {}", e.getMessage());
      throw refused(failure, organization, "id_token", trace);
    }
  }

  private SignInRefusedException refused(
      AuditAction action, String organization, String reason, RequestTrace trace) {
    log.info("refused a sign-in: {}", reason);
    audit.refused(action, organization, reason, trace);
    return refusal();
  }

  private static SignInRefusedException refusal() {
    return new SignInRefusedException("not valid, used before or expired: sign in again");
  }

  private void checkOn() {
    if (!configuration.isOn()) {
      throw new UnavailableException("signing in is not configured here", RETRY_AFTER);
    }
  }
}
