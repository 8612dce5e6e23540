package io.platformapi.routes.message;

import java.time.Instant;

/**
 * One row of LiteLLM's spend log: a call as the gateway's own book has it. Texts are as the ledger
 * keeps them, so that both can be compared; absent and empty ones are null.
 *
 * @param requestId key of the row: the call's response id, or for a cache hit one that ends in
 *     {@code _cache_hit<time>} and differs from the event's
 * @param callId {@code metadata.litellm_call_id}, which the event of the call has too; null in rows
 *     that were written without
 * @param keyHash hash of the API key
 * @param costNanos {@code spend} in nano-units, rounded half-even once
 * @param startTime to the millisecond, while the event has microseconds
 * @param endTime the same, or null
 * @param received the row's fields that say something of the call, as they were written: numbers
 *     with all their digits, and nothing that could be a prompt or an answer
 */
public record SpendRow(
    String requestId,
    String callId,
    String callType,
    CallStatus status,
    boolean cacheHit,
    String keyHash,
    String keyAlias,
    String teamId,
    String organizationId,
    String userId,
    String endUser,
    String provider,
    String model,
    String modelGroup,
    long inputTokens,
    long outputTokens,
    long totalTokens,
    long costNanos,
    Instant startTime,
    Instant endTime,
    String received) {}
