package io.platformapi.service.usage;

/**
 * What the ledger needs to know about a tenant.
 *
 * @param currency ISO 4217 code of its money
 */
public record LedgerTenant(String id, String platformId, String currency) {}
