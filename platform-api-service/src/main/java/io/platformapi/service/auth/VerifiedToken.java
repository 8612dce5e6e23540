package io.platformapi.service.auth;

import java.util.Set;

/**
 * What a token says after its signature, issuer, audience and times were checked.
 *
 * @param subject {@code sub}
 * @param clientId {@code client_id}, or null
 * @param organizationId organization the token was issued for, or null
 * @param scopes granted scopes
 */
record VerifiedToken(String subject, String clientId, String organizationId, Set<String> scopes) {}
