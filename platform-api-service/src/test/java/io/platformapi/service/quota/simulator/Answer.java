package io.platformapi.service.quota.simulator;

import io.platformapi.service.http.IdempotentRequest;
import jakarta.ws.rs.core.Response;
import java.time.Instant;

/** A row of the idempotency keys. */
record Answer(IdempotentRequest request, Response response, Instant at) {}
