package io.platformapi.service.apikey;

import java.time.Instant;
import java.util.List;

/**
 * Body of {@code POST /v1/api-keys}.
 *
 * @param name what people call it, 1 to 200 characters
 * @param scopes what it may do: scopes of a tenant's endpoints that the caller has
 * @param expiresAt when it ends, or null for never
 */
public record NewApiKey(String name, List<String> scopes, Instant expiresAt) {}
