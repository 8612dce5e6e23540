package io.platformapi.routes.message;

/**
 * One committed event on its way to {@code platform.events}.
 *
 * @param key Kafka key: the tenant id
 * @param value the whole envelope as UTF-8 JSON
 */
public record OutboxMessage(String key, byte[] value) {}
