package io.platformapi.service.quota.engine;

/** What a request wants of one quota. */
public record Demand(Quota quota, BalanceKey key, long amount) {}
