package io.platformapi.service.quota;

/** What a reserved call has used. */
public record Settlement(CallAmounts actual) {}
