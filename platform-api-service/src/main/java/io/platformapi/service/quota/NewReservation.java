package io.platformapi.service.quota;

/**
 * What a caller wishes to hold.
 *
 * @param requestId {@code litellm_call_id} of the call to come; the reservation's id when absent
 * @param estimates a request and nothing else when absent
 * @param ttlSeconds {@value ReservationRules#DEFAULT_TTL} when absent
 */
public record NewReservation(
    String requestId,
    CallSubject subject,
    String provider,
    String model,
    CallAmounts estimates,
    Integer ttlSeconds) {}
