package io.platformapi.service.auth;

import java.util.Map;
import java.util.Set;

/**
 * Whom the policy is asked about, and under which circumstances.
 *
 * @param id {@code sub} of a token or of a user, id of an API key
 * @param kind what it is
 * @param tenant tenant that the request is for, or null
 * @param heldByTenant whether that tenant's own rules and roles count, beside the platform's
 * @param roles roles that its user has; those assigned to services and keys are the policy's matter
 * @param scopes what the credential may at most do
 * @param attributes of its user, as {@link UserView} has them
 * @param circumstances of the request
 */
public record Asker(
    String id,
    Kind kind,
    String tenant,
    boolean heldByTenant,
    Set<String> roles,
    Set<String> scopes,
    Map<String, Object> attributes,
    Circumstances circumstances) {

  /** What can ask. */
  public enum Kind {
    USER,
    SERVICE,
    API_KEY
  }

  /**
   * @param ip address of the caller, or null when it is not known
   * @param requestId correlation id of the request
   * @param credential what was shown
   */
  public record Circumstances(String ip, String requestId, Credential.Kind credential) {}

  /** Attributes may be personal: they stay out of logs. */
  @Override
  public String toString() {
    return "Asker[id=" + id + ", kind=" + kind + ", tenant=" + tenant + "]";
  }
}
