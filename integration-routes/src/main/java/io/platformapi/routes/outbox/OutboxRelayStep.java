package io.platformapi.routes.outbox;

import io.platformapi.routes.message.OutboxMessage;
import io.platformapi.routes.port.Outbox;
import io.platformapi.routes.support.EventHeaders;
import io.platformapi.routes.support.EventPublisher;
import io.platformapi.routes.support.EventPublisher.Event;
import io.platformapi.routes.support.RouteMeters;
import io.platformapi.routes.support.Stopping;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what waits in the outboxes until they are empty; what fails waits for the next sweep.
 */
public final class OutboxRelayStep implements Processor {
  private static final Logger LOG = LoggerFactory.getLogger(OutboxRelayStep.class);
  private static final int LIMIT = 500;
  private static final List<Header> HEADERS =
      List.of(EventHeaders.text(EventHeaders.CONTENT_TYPE, EventHeaders.JSON));

  private final Outbox outbox;
  private final EventPublisher publisher;
  private final String topic;
  private final RouteMeters meters;
  private final Stopping stopping;
  private boolean failing;

  public OutboxRelayStep(
      Outbox outbox,
      EventPublisher publisher,
      String topic,
      RouteMeters meters,
      Stopping stopping) {
    this.outbox = outbox;
    this.publisher = publisher;
    this.topic = topic;
    this.meters = meters;
    this.stopping = stopping;
  }

  @Override
  public void process(Exchange exchange) {
    try {
      int published = LIMIT;
      while (published >= LIMIT && !stopping.stopped()) {
        published = outbox.relay(LIMIT, this::publish);
        meters.relayed(published);
      }
      if (failing) {
        failing = false;
        LOG.info("the outbox relay works again");
      }
    } catch (RuntimeException e) {
      // Once, not at every sweep of an outage.
      if (!failing) {
        failing = true;
        LOG.warn("the outbox relay fails, events wait in their databases", e);
      }
    }
  }

  private void publish(List<OutboxMessage> messages) {
    publisher.publish(messages.stream().map(this::event).toList());
  }

  private Event event(OutboxMessage message) {
    byte[] key = message.key() == null ? null : message.key().getBytes(StandardCharsets.UTF_8);
    return new Event(topic, key, message.value(), HEADERS);
  }
}
