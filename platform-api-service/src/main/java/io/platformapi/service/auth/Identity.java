package io.platformapi.service.auth;

import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who a credential says its holder is, whatever kind it is of; nothing about the request yet.
 *
 * @param credential what was shown
 * @param subject who it is, as audit and policies name it
 * @param clientId {@code client_id} of a token, or null
 * @param organizationId organization whose tenant it is bound to, or null
 * @param tenantId tenant it is bound to, or null
 * @param scopes what it may at most do
 */
record Identity(
    Credential credential,
    String subject,
    String clientId,
    String organizationId,
    String tenantId,
    Set<String> scopes) {

  Identity {
    scopes = organizationId == null && tenantId == null ? scopes : withoutDelegation(scopes);
  }

  static Identity of(VerifiedToken token) {
    return new Identity(
        new Credential(
            Credential.Kind.TOKEN,
            token.digest(),
            token.issuedAt() == null ? null : Instant.ofEpochSecond(token.issuedAt()),
            Instant.ofEpochSecond(token.expiresAt())),
        token.subject(),
        token.clientId(),
        token.organizationId(),
        null,
        token.scopes());
  }

  static Identity of(ApiKeys.Holder holder) {
    return new Identity(
        new Credential(
            Credential.Kind.API_KEY, holder.keyId(), holder.issuedAt(), holder.expiresAt()),
        "api_key:" + holder.keyId(),
        null,
        null,
        holder.tenantId(),
        holder.scopes());
  }

  /** Whether it is a token of somebody, and not of a service that speaks for itself. */
  boolean person() {
    return token() && !subject.equals(clientId);
  }

  boolean token() {
    return credential.kind() == Credential.Kind.TOKEN;
  }

  /** Whether it acts for one tenant and no other. */
  boolean bound() {
    return organizationId != null || tenantId != null;
  }

  /** Whether it may choose any tenant. */
  boolean delegates() {
    return scopes.contains(Permission.DELEGATION);
  }

  /** What is bound to a tenant acts for it alone, whatever role somebody made in Logto. */
  private static Set<String> withoutDelegation(Set<String> scopes) {
    if (!scopes.contains(Permission.DELEGATION)) {
      return scopes;
    }
    return scopes.stream()
        .filter(scope -> !scope.equals(Permission.DELEGATION))
        .collect(Collectors.toUnmodifiableSet());
  }
}
