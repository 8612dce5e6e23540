package io.platformapi.service.auth;

import java.security.Principal;
import java.util.Optional;
import java.util.Set;

/**
 * Who is calling, from the credential alone, and for which tenant and request.
 *
 * @param credential what the caller showed
 * @param subject {@code sub} of a token, {@code api_key:<id>} of an API key
 * @param clientId {@code client_id} of a token, or null
 * @param tenant the tenant of this request, or null when the credential acts for none and none was
 *     chosen
 * @param platformId platform of the tenant, {@code default} when none
 * @param scopes granted scopes
 * @param requestId correlation id of the request
 */
public record Caller(
    Credential credential,
    String subject,
    String clientId,
    String tenant,
    String platformId,
    Set<String> scopes,
    String requestId)
    implements Principal {

  @Override
  public String getName() {
    return subject;
  }

  public Optional<String> tenantId() {
    return Optional.ofNullable(tenant);
  }
}
