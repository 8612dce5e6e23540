package io.platformapi.service.auth;

import java.security.Principal;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who is calling, from the credential alone, and for which tenant and request.
 *
 * @param credential what the caller showed
 * @param subject {@code sub} of a token, {@code api_key:<id>} of an API key
 * @param clientId {@code client_id} of a token, or null
 * @param user the user that the request is of, or null: the credential's own, or with delegation
 *     the one that X-User-Id names
 * @param tenant the tenant of this request, or null when the credential acts for none and none was
 *     chosen
 * @param platformId platform of the tenant, {@code default} when none
 * @param scopes granted scopes
 * @param access what the policy lets it do
 * @param requestId correlation id of the request
 */
public record Caller(
    Credential credential,
    String subject,
    String clientId,
    UserView user,
    String tenant,
    String platformId,
    Set<String> scopes,
    Access access,
    String requestId)
    implements Principal {

  @Override
  public String getName() {
    return subject;
  }

  /** Id of the user that the request is of. */
  public Optional<String> userId() {
    return Optional.ofNullable(user).map(UserView::id);
  }

  /** Roles of the user; none without one. */
  public Set<String> roles() {
    return user == null ? Set.of() : user.roles();
  }

  /** Attributes of the user; none without one. */
  public Map<String, Object> attributes() {
    return user == null ? Map.of() : user.attributes();
  }

  /** Who acts, as audit and events name it: with delegation also for whom. */
  public String actor() {
    boolean delegated = user != null && scopes.contains(Permission.DELEGATION);
    return delegated ? subject + " for user/" + user.id() : subject;
  }

  public Optional<String> tenantId() {
    return Optional.ofNullable(tenant);
  }
}
