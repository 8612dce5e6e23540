package io.platformapi.service.signin;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Who is calling, and with what.
 *
 * @param subject {@code sub} of the token, or {@code api_key:<id>}
 * @param userId id of the user that the request is of, or null
 * @param clientId client that the token was issued to, or null
 * @param credential {@code token} or {@code api_key}
 * @param tenantId tenant of the request, or null
 * @param platformId platform of the tenant
 * @param scopes granted scopes, in order
 * @param roles roles of the user, in order
 * @param attributes what policies read of the user
 * @param issuedAt when the credential was issued, or null when that is not known
 * @param expiresAt when it ends by itself, or null when that is not known
 */
public record Me(
    String subject,
    String userId,
    String clientId,
    String credential,
    String tenantId,
    String platformId,
    List<String> scopes,
    List<String> roles,
    Map<String, Object> attributes,
    Instant issuedAt,
    Instant expiresAt) {}
