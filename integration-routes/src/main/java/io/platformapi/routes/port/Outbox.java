package io.platformapi.routes.port;

import io.platformapi.routes.message.OutboxMessage;
import java.util.List;

/** Hands committed events to a publisher, each at least once. */
public interface Outbox {

  /**
   * Claims up to {@code limit} waiting events per database, gives them to the publisher in the
   * order they were written, and removes them once the publisher has returned. When it throws, they
   * stay.
   *
   * @return how many events were published
   */
  int relay(int limit, Publisher publisher);

  /** Publishes events and returns only when all are acknowledged. */
  @FunctionalInterface
  interface Publisher {
    void publish(List<OutboxMessage> messages) throws Exception;
  }
}
