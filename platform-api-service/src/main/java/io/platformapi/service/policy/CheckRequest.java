package io.platformapi.service.policy;

import java.util.Map;

/**
 * May the subject do the action to the resource?
 *
 * @param context {@code time} (RFC 3339, now when absent), {@code ip}, {@code credential}, and what
 *     the tenant's schema declares
 */
public record CheckRequest(
    AskedSubject subject, AskedResource resource, String action, Map<String, Object> context) {}
