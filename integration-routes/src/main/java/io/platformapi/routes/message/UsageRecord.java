package io.platformapi.routes.message;

import java.time.Instant;
import java.util.UUID;

/**
 * One LLM call, validated and ready to be posted.
 *
 * @param eventId identity of the event: a UUID derived from (litellm_call_id, id, status, startTime
 *     as written)
 * @param callId LiteLLM's {@code litellm_call_id}; not unique (retries share it)
 * @param responseId LiteLLM's {@code id}; not unique (cache hits may share it)
 * @param status success or failure; a failure may carry tokens and cost
 * @param cacheHit true when the gateway's cache served the call
 * @param stream true when the answer was streamed
 * @param callType LiteLLM's {@code call_type}, e.g. {@code acompletion}; null when absent
 * @param startedAt start of the call, microseconds, within [2020, 2100)
 * @param endedAt end of the call, or null
 * @param teamId LiteLLM team, or null
 * @param organizationId LiteLLM organization, or null
 * @param keyHash hash of the virtual key, or null
 * @param keyAlias alias of the virtual key, or null
 * @param userId LiteLLM user of the key, or null
 * @param endUser the caller's word for its own user, or null
 * @param provider {@code custom_llm_provider}, or null
 * @param model model as sent to the provider, or null
 * @param modelGroup model name as asked for by the caller, or null
 * @param inputTokens prompt tokens, 0..10^9
 * @param outputTokens completion tokens, 0..10^9
 * @param totalTokens total tokens as reported, 0..2*10^9
 * @param costNanos cost in nano-units of the currency, rounded half-even once, at least 0
 */
public record UsageRecord(
    UUID eventId,
    String callId,
    String responseId,
    CallStatus status,
    boolean cacheHit,
    boolean stream,
    String callType,
    Instant startedAt,
    Instant endedAt,
    String teamId,
    String organizationId,
    String keyHash,
    String keyAlias,
    String userId,
    String endUser,
    String provider,
    String model,
    String modelGroup,
    long inputTokens,
    long outputTokens,
    long totalTokens,
    long costNanos) {}
