package io.platformapi.service.local;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The sign-ins of the local issuer: codes, refresh tokens, and what they are good for. A code and a
 * refresh token work once; a refresh token that comes again ends its whole session.
 */
public final class LocalSessions {
  private static final String ORGANIZATIONS = "urn:logto:scope:organizations";

  private final Map<String, LocalApp> apps = new ConcurrentHashMap<>();
  private final Map<String, Authorized> codes = new ConcurrentHashMap<>();
  private final Map<String, Session> refreshTokens = new ConcurrentHashMap<>();
  private final Set<String> spent = ConcurrentHashMap.newKeySet();

  /** Adds an application, or replaces the one of the same id. */
  public void put(LocalApp app) {
    apps.put(app.id(), app);
  }

  /** The answer to a token request. */
  sealed interface Answer {}

  /**
   * @param refreshToken or null
   * @param idToken whether {@code openid} was asked for
   */
  record Granted(
      LocalApp app,
      String resource,
      String organization,
      String scope,
      String nonce,
      boolean idToken,
      String refreshToken)
      implements Answer {}

  record Refused(OidcError error) implements Answer {}

  private record Session(LocalApp app, Set<String> scopes, String nonce, String id) {}

  private record Authorized(Session session, String redirectUri, String challenge) {}

  /**
   * Takes an authorization request (RFC 6749, section 4.1.1).
   *
   * @return the code, or null when the request is not one of ours
   */
  String authorize(Map<String, String> query) {
    LocalApp app = apps.get(query.getOrDefault("client_id", ""));
    boolean right =
        app != null
            && app.redirectUris().contains(query.get("redirect_uri"))
            && "code".equals(query.get("response_type"))
            && "S256".equals(query.get("code_challenge_method"))
            && query.get("code_challenge") != null;
    if (!right) {
      return null;
    }
    Set<String> scopes = scopes(query.get("scope"));
    if (!"consent".equals(query.get("prompt"))) {
      scopes.remove("offline_access");
    }
    Session session = new Session(app, scopes, query.get("nonce"), UUID.randomUUID().toString());
    String code = UUID.randomUUID().toString();
    codes.put(
        code, new Authorized(session, query.get("redirect_uri"), query.get("code_challenge")));
    return code;
  }

  /** Whether a client is one that users sign in to. */
  boolean knows(List<String> credentials) {
    return apps.containsKey(credentials.get(0));
  }

  /** Judges a token request of such a client. */
  Answer grant(List<String> credentials, Map<String, String> fields) {
    LocalApp app = apps.get(credentials.get(0));
    if (app == null || !app.secret().equals(credentials.get(1))) {
      return new Refused(OidcError.invalidClient());
    }
    return switch (fields.getOrDefault("grant_type", "")) {
      case "authorization_code" -> code(app, fields);
      case "refresh_token" -> refresh(app, fields);
      default -> new Refused(OidcError.unsupportedGrantType());
    };
  }

  /** Takes a refresh token back (RFC 7009). */
  void revoke(String refreshToken) {
    Session session = refreshTokens.remove(refreshToken);
    if (session != null) {
      end(session.id());
    }
  }

  private Answer code(LocalApp app, Map<String, String> fields) {
    Authorized authorized = codes.remove(fields.getOrDefault("code", ""));
    boolean right =
        authorized != null
            && authorized.session().app().id().equals(app.id())
            && authorized.redirectUri().equals(fields.get("redirect_uri"))
            && authorized.challenge().equals(challenge(fields.getOrDefault("code_verifier", "")));
    if (!right) {
      return new Refused(OidcError.invalidGrant());
    }
    // As Logto does: a code gives no organization's token.
    return granted(authorized.session(), authorized.session().scopes(), fields, null);
  }

  private Answer refresh(LocalApp app, Map<String, String> fields) {
    String token = fields.getOrDefault("refresh_token", "");
    Session session = refreshTokens.get(token);
    if (session == null || !session.app().id().equals(app.id())) {
      return new Refused(OidcError.invalidGrant());
    }
    Set<String> asked = scopes(fields.get("scope"));
    if (!session.scopes().containsAll(asked)) {
      return new Refused(OidcError.invalidScope());
    }
    if (!spent.add(token)) {
      end(session.id());
      return new Refused(OidcError.invalidGrant());
    }
    String organization = fields.get("organization_id");
    if (organization != null && !session.scopes().contains(ORGANIZATIONS)) {
      return new Refused(
          new OidcError(
              403,
              "insufficient_scope",
              "Insufficient scope.",
              "refresh token missing required scope"));
    }
    if (organization != null && !session.app().organizations().contains(organization)) {
      return new Refused(OidcError.accessDenied("user is not a member of the organization"));
    }
    return granted(session, asked.isEmpty() ? session.scopes() : asked, fields, organization);
  }

  private Answer granted(
      Session session, Set<String> scopes, Map<String, String> fields, String organization) {
    String resource = fields.get("resource");
    if (resource != null && !resource.equals(LocalIssuer.RESOURCE)) {
      return new Refused(OidcError.invalidTarget("resource indicator is missing, or unknown"));
    }
    String refreshToken = null;
    if (session.scopes().contains("offline_access")) {
      refreshToken = UUID.randomUUID().toString();
      refreshTokens.put(refreshToken, session);
    }
    String granted =
        scopes.stream().filter(session.app().scopes()::contains).collect(Collectors.joining(" "));
    return new Granted(
        session.app(),
        resource,
        organization,
        granted,
        session.nonce(),
        scopes.contains("openid"),
        refreshToken);
  }

  private void end(String session) {
    refreshTokens.values().removeIf(other -> other.id().equals(session));
  }

  private static Set<String> scopes(String text) {
    return text == null || text.isEmpty()
        ? new LinkedHashSet<>()
        : new LinkedHashSet<>(Arrays.asList(text.split(" ")));
  }

  private static String challenge(String verifier) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              MessageDigest.getInstance("SHA-256")
                  .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
