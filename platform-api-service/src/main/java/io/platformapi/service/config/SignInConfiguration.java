package io.platformapi.service.config;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.dropwizard.validation.ValidationMethod;
import java.net.URI;
import java.util.Arrays;
import java.util.List;

/**
 * How users sign in through the issuer. Without a client id nobody does.
 *
 * @param clientId our application at the issuer, or empty
 * @param clientSecret its secret; empty for an application without one (PKCE protects it)
 * @param redirectUris where a sign-in may lead back to, exactly, separated by commas
 * @param postLogoutRedirectUris where the end of a session may lead to, exactly, separated by
 *     commas
 */
public record SignInConfiguration(
    String clientId, String clientSecret, String redirectUris, String postLogoutRedirectUris) {

  /** Nobody signs in here. */
  public static final SignInConfiguration OFF = new SignInConfiguration("", "", "", "");

  public SignInConfiguration {
    clientId = clientId == null ? "" : clientId.strip();
    clientSecret = clientSecret == null ? "" : clientSecret.strip();
    redirectUris = redirectUris == null ? "" : redirectUris;
    postLogoutRedirectUris = postLogoutRedirectUris == null ? "" : postLogoutRedirectUris;
  }

  /** Whether users can sign in at all. */
  @JsonIgnore
  public boolean isOn() {
    return !clientId.isEmpty();
  }

  public List<String> redirectUriList() {
    return list(redirectUris);
  }

  public List<String> postLogoutRedirectUriList() {
    return list(postLogoutRedirectUris);
  }

  @JsonIgnore
  @ValidationMethod(message = "signIn needs at least one redirect URI beside the client id")
  public boolean isLeadingSomewhere() {
    return !isOn() || !redirectUriList().isEmpty();
  }

  /** RFC 6749, section 3.1.2: absolute, without a fragment. */
  @JsonIgnore
  @ValidationMethod(message = "signIn redirect URIs must be absolute and without a fragment")
  public boolean isMadeOfUris() {
    return redirectUriList().stream().allMatch(SignInConfiguration::redirects)
        && postLogoutRedirectUriList().stream().allMatch(SignInConfiguration::redirects);
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "SignInConfiguration[clientId=" + clientId + ", redirectUris=" + redirectUris + "]";
  }

  private static List<String> list(String text) {
    return Arrays.stream(text.split(",")).map(String::strip).filter(uri -> !uri.isEmpty()).toList();
  }

  private static boolean redirects(String text) {
    try {
      URI uri = URI.create(text);
      return uri.isAbsolute() && uri.getRawFragment() == null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
