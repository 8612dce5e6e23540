package io.platformapi.routes.support;

import java.util.List;
import org.apache.kafka.common.header.Header;

/** Puts events on Kafka topics, acknowledged by all in-sync replicas. */
public interface EventPublisher {

  /** Begins a group of events that is waited for together. Not for use by several threads. */
  Publication open();

  /** Sends events and returns when all are acknowledged. */
  default void publish(List<Event> events) {
    if (!events.isEmpty()) {
      Publication publication = open();
      events.forEach(publication::send);
      publication.await();
    }
  }

  /** Events under way. */
  interface Publication {

    /**
     * @throws PublishUnavailableException when Kafka takes nothing now
     */
    void send(Event event);

    /**
     * Returns when all events sent are acknowledged.
     *
     * @throws PublishUnavailableException when one was not within the time allowed
     * @throws EventTooLargeException when the broker refuses one for its size
     */
    void await();
  }

  /** One Kafka record to be written; key and value as bytes, key may be null. */
  record Event(String topic, byte[] key, byte[] value, List<Header> headers) {}
}
