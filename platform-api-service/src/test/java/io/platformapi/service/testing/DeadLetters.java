package io.platformapi.service.testing;

import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads a topic from its beginning, as an operator looking at dead letters does. */
public final class DeadLetters implements AutoCloseable {
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<Letter> letters = new ArrayList<>();

  public DeadLetters(String topic) {
    this.consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                RealServers.kafka().brokers(),
                "group.id",
                "dead-letters-" + UUID.randomUUID(),
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                "false"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    consumer.subscribe(List.of(topic));
  }

  /** One dead letter: its original bytes and its headers. */
  public record Letter(byte[] key, byte[] value, Headers headers) {
    /** A header's text, or null. */
    public String header(String name) {
      Header header = headers.lastHeader(name);
      return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
  }

  /** Everything read so far, once that is at least {@code count}. */
  public List<Letter> awaitAtLeast(int count) {
    await("dead letters")
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              readOn();
              return letters.size() >= count;
            });
    readOn();
    return List.copyOf(letters);
  }

  /** Everything there is now. */
  public List<Letter> now() {
    readOn();
    return List.copyOf(letters);
  }

  private void readOn() {
    consumer
        .poll(Duration.ofMillis(300))
        .forEach(record -> letters.add(new Letter(record.key(), record.value(), record.headers())));
  }

  @Override
  public void close() {
    consumer.close();
  }
}
