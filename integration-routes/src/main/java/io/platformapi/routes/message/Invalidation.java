package io.platformapi.routes.message;

/**
 * A hint that something cached has changed; may be lost, so every cache also has a time to live.
 *
 * @param kind what changed, e.g. {@code tenant}
 * @param key its id, or {@code *} for all of the kind
 */
public record Invalidation(String kind, String key) {}
