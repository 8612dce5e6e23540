package io.platformapi.routes.support;

import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.component.kafka.DefaultKafkaClientFactory;
import org.apache.kafka.clients.consumer.Consumer;

/**
 * Makes Camel's Kafka consumers. After a break Camel 4.17 subscribes a new consumer from the same
 * thread but leaves the old one open, with its sockets and buffers: it is closed here.
 */
public final class KafkaClients extends DefaultKafkaClientFactory {
  private final Map<Thread, Consumer<?, ?>> current = new ConcurrentHashMap<>();

  @Override
  @SuppressWarnings("rawtypes")
  public Consumer getConsumer(Properties properties) {
    current.keySet().removeIf(thread -> !thread.isAlive());
    Consumer<?, ?> previous = current.remove(Thread.currentThread());
    if (previous != null) {
      previous.close();
    }
    Consumer<?, ?> consumer = super.getConsumer(properties);
    current.put(Thread.currentThread(), consumer);
    return consumer;
  }
}
