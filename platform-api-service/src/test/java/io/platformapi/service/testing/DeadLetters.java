package io.platformapi.service.testing;

import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads a topic from its beginning, as an operator looking at dead letters does. */
public final class DeadLetters implements AutoCloseable {
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<Letter> letters = new ArrayList<>();

  public DeadLetters(String topic) {
    this(RealServers.kafka().brokers(), topic);
  }

  /** On another broker than the shared one. */
  public DeadLetters(String brokers, String topic) {
    this.consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                brokers,
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                "false"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    consumer.assign(
        consumer.partitionsFor(topic).stream()
            .map(partition -> new TopicPartition(topic, partition.partition()))
            .toList());
  }

  /** One dead letter: its original bytes and its headers. */
  public record Letter(byte[] key, byte[] value, Headers headers) {
    /** Where the event was read from. */
    public String source() {
      return header("source-topic")
          + "-"
          + header("source-partition")
          + "@"
          + header("source-offset");
    }

    /** A header's text, or null. */
    public String header(String name) {
      Header header = headers.lastHeader(name);
      return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
  }

  /**
   * The letters once they come from at least {@code count} different events. A letter can come
   * twice, when its batch was read again: the first of each is given.
   */
  public List<Letter> awaitAtLeast(int count) {
    await("dead letters")
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              readOn();
              return bySource().size() >= count;
            });
    return now();
  }

  /** The letters that are there now. */
  public List<Letter> now() {
    readOn();
    return List.copyOf(bySource().values());
  }

  /** Every record of the topic, also where none tells its source. */
  public List<Letter> all() {
    readOn();
    return List.copyOf(letters);
  }

  private Map<String, Letter> bySource() {
    Map<String, Letter> distinct = new LinkedHashMap<>();
    letters.forEach(letter -> distinct.putIfAbsent(letter.source(), letter));
    return distinct;
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
