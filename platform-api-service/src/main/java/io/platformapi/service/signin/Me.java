package io.platformapi.service.signin;

import java.time.Instant;
import java.util.List;

/**
 * Who is calling, and with what.
 *
 * @param subject {@code sub} of the token, or {@code api_key:<id>}
 * @param clientId client that the token was issued to, or null
 * @param credential {@code token} or {@code api_key}
 * @param tenantId tenant of the request, or null
 * @param platformId platform of the tenant
 * @param scopes granted scopes, in order
 * @param issuedAt when the credential was issued, or null when that is not known
 * @param expiresAt when it ends by itself, or null when that is not known
 */
public record Me(
    String subject,
    String clientId,
    String credential,
    String tenantId,
    String platformId,
    List<String> scopes,
    Instant issuedAt,
    Instant expiresAt) {}
