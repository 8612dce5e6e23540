package io.platformapi.service.outbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.UUID;

/** An event as it goes over {@code platform.events}. */
record Envelope(
    UUID eventId,
    String type,
    String occurredAt,
    String tenantId,
    String platformId,
    String correlationId,
    String actor,
    Object payload) {

  /** Its JSON. */
  static String write(ObjectMapper mapper, UUID id, Instant now, OutboxEvent event) {
    try {
      return mapper.writeValueAsString(
          new Envelope(
              id,
              event.type(),
              now.toString(),
              event.tenantId(),
              event.platformId(),
              event.correlationId(),
              event.actor(),
              event.payload()));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a payload that is no JSON", e);
    }
  }
}
