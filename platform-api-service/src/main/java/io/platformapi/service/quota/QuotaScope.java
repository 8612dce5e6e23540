package io.platformapi.service.quota;

/**
 * Whom a quota limits, on the wire.
 *
 * @param type one of the ledger's scopes
 * @param id who within it; absent for the tenant itself
 */
public record QuotaScope(String type, String id) {}
