package io.platformapi.service.testing;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes to a topic; closing it waits until the broker has acknowledged everything. */
public final class TopicWriter implements AutoCloseable {
  private final String topic;
  private final KafkaProducer<String, byte[]> producer;
  private final AtomicReference<Exception> failure = new AtomicReference<>();

  public TopicWriter(String topic) {
    this(RealServers.kafka().brokers(), topic);
  }

  /** On another broker than the shared one. */
  public TopicWriter(String brokers, String topic) {
    this.topic = topic;
    this.producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                brokers,
                "acks",
                "all",
                "linger.ms",
                "5",
                "enable.idempotence",
                "false",
                "compression.type",
                "lz4",
                "send.buffer.bytes",
                "-1",
                "receive.buffer.bytes",
                "-1",
                "max.request.size",
                "16000000"),
            new StringSerializer(),
            new ByteArraySerializer());
  }

  public void send(String key, byte[] value) {
    producer.send(
        new ProducerRecord<>(topic, key, value),
        (metadata, e) -> {
          if (e != null) {
            failure.compareAndSet(null, e);
          }
        });
  }

  @Override
  public void close() {
    producer.close();
    if (failure.get() != null) {
      throw new IllegalStateException("an event was not acknowledged", failure.get());
    }
  }
}
