package io.platformapi.routes.message;

/**
 * What a stored batch did.
 *
 * @param posted usage records posted now
 * @param duplicates usage records and snapshots that were there already
 * @param snapshots gateway snapshots stored now
 */
public record StoreResult(int posted, int duplicates, int snapshots) {}
