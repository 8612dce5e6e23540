package io.platformapi.service.auth;

import java.util.Set;

/**
 * What a token says after its signature, issuer, audience and times were checked.
 *
 * @param digest SHA-256 of header and claims as they were signed, in hexadecimal
 * @param subject {@code sub}
 * @param clientId {@code client_id}, or null
 * @param organizationId organization the token was issued for, or null
 * @param scopes granted scopes
 * @param issuedAt {@code iat}, in seconds since the epoch, or null
 * @param expiresAt {@code exp}, in seconds since the epoch
 * @param notBefore {@code nbf}, in seconds since the epoch, or null
 */
record VerifiedToken(
    String digest,
    String subject,
    String clientId,
    String organizationId,
    Set<String> scopes,
    Long issuedAt,
    long expiresAt,
    Long notBefore) {}
