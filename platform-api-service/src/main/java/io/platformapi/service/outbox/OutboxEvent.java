package io.platformapi.service.outbox;

/**
 * An event for other services, to be put into the envelope of {@code platform.events}.
 *
 * @param type {@code domain.action}
 * @param tenantId tenant it is about; also the Kafka key
 * @param platformId platform of the tenant
 * @param correlationId id of the request or event that caused it
 * @param actor subject that caused it
 * @param payload record or map
 */
public record OutboxEvent(
    String type,
    String tenantId,
    String platformId,
    String correlationId,
    String actor,
    Object payload) {}
