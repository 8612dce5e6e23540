package io.platformapi.service.signin;

/**
 * The ids that go along from a request to what is called for it.
 *
 * @param requestId id of the request
 * @param traceparent W3C trace context, or null
 */
record RequestTrace(String requestId, String traceparent) {}
