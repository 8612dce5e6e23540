package io.platformapi.service.audit;

import java.util.Map;

/**
 * Who did what to what.
 *
 * @param actor subject of the caller, or the name of the machinery
 * @param action what was done
 * @param target type and id of the thing, {@code tenant/acme}
 * @param tenantId tenant it belongs to, or null
 * @param requestId correlation id of the request, or null
 * @param details what changed; never a secret
 */
public record AuditEvent(
    String actor,
    AuditAction action,
    String target,
    String tenantId,
    String requestId,
    Map<String, ?> details) {}
