package io.platformapi.routes.ingestion;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Looks through the dead-letter topic by position, for whoever asks and then no more: it is in no
 * consumer group and moves no offset.
 */
final class DeadLetterTopic {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int MAX_LOOKED_AT = 20_000;

  private final String brokers;
  private final String topic;

  DeadLetterTopic(String brokers, String topic) {
    this.brokers = brokers;
    this.topic = topic;
  }

  /**
   * Shows the records from a position on, by partition and offset.
   *
   * @param visitor says whether it takes more
   * @return where to go on, or null when everything that was there has been shown
   * @throws DeadLettersUnavailableException when Kafka does not answer
   */
  LetterPosition walk(LetterPosition from, Predicate<ConsumerRecord<byte[], byte[]>> visitor) {
    try (KafkaConsumer<byte[], byte[]> consumer = open()) {
      Walk walk = new Walk(consumer, visitor);
      for (Map.Entry<TopicPartition, Long> end : ends(consumer).entrySet()) {
        if (end.getKey().partition() >= from.partition()) {
          boolean first = end.getKey().partition() == from.partition();
          LetterPosition next =
              walk.through(end.getKey(), first ? from.offset() : 0, end.getValue());
          if (next != null) {
            return next;
          }
        }
      }
      return null;
    } catch (KafkaException e) {
      throw new DeadLettersUnavailableException("the dead letters cannot be read", e);
    }
  }

  /** Records at exactly these positions; empty where there is none, or none any more. */
  Map<LetterPosition, Optional<ConsumerRecord<byte[], byte[]>>> at(
      Collection<LetterPosition> positions) {
    Map<LetterPosition, Optional<ConsumerRecord<byte[], byte[]>>> found = new TreeMap<>();
    try (KafkaConsumer<byte[], byte[]> consumer = open()) {
      Map<TopicPartition, Long> ends = ends(consumer);
      for (LetterPosition position : positions) {
        Long end = ends.get(new TopicPartition(topic, position.partition()));
        List<ConsumerRecord<byte[], byte[]>> one = new ArrayList<>();
        if (end != null && position.offset() < end) {
          new Walk(
                  consumer,
                  record -> {
                    one.add(record);
                    return false;
                  })
              .through(
                  new TopicPartition(topic, position.partition()),
                  position.offset(),
                  position.offset() + 1);
        }
        found.put(position, one.stream().filter(r -> r.offset() == position.offset()).findFirst());
      }
      return found;
    } catch (KafkaException e) {
      throw new DeadLettersUnavailableException("the dead letters cannot be read", e);
    }
  }

  private KafkaConsumer<byte[], byte[]> open() {
    return new KafkaConsumer<>(
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            brokers,
            ConsumerConfig.CLIENT_ID_CONFIG,
            "platform-api-dead-letters",
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            false,
            ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
            false,
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            "earliest",
            ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            (int) PATIENCE.toMillis(),
            ConsumerConfig.RECEIVE_BUFFER_CONFIG,
            -1,
            ConsumerConfig.SEND_BUFFER_CONFIG,
            -1),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  /** In the order of the partitions; none of a topic that does not exist. */
  private Map<TopicPartition, Long> ends(KafkaConsumer<byte[], byte[]> consumer) {
    List<PartitionInfo> partitions = consumer.partitionsFor(topic);
    Map<TopicPartition, Long> ends =
        new TreeMap<>((one, other) -> Integer.compare(one.partition(), other.partition()));
    if (partitions != null) {
      ends.putAll(
          consumer.endOffsets(
              partitions.stream().map(p -> new TopicPartition(topic, p.partition())).toList()));
    }
    return ends;
  }

  /** One look through some partitions, of so many records and so long at most. */
  private static final class Walk {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Predicate<ConsumerRecord<byte[], byte[]>> visitor;
    private final long deadline = System.nanoTime() + PATIENCE.toNanos();
    private int lookedAt;

    Walk(
        KafkaConsumer<byte[], byte[]> consumer, Predicate<ConsumerRecord<byte[], byte[]>> visitor) {
      this.consumer = consumer;
      this.visitor = visitor;
    }

    LetterPosition through(TopicPartition partition, long from, long end) {
      consumer.assign(List.of(partition));
      long begin = consumer.beginningOffsets(List.of(partition)).get(partition);
      long next = Math.max(from, begin);
      consumer.seek(partition, next);
      while (next < end) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL).records(partition)) {
          if (record.offset() >= end) {
            return null;
          }
          lookedAt++;
          next = record.offset() + 1;
          if (!visitor.test(record) || lookedAt >= MAX_LOOKED_AT) {
            return new LetterPosition(partition.partition(), next);
          }
        }
        // Also beyond what is no record: the marks of transactions.
        next = Math.max(next, consumer.position(partition));
        if (next < end && System.nanoTime() > deadline) {
          return pause(new LetterPosition(partition.partition(), next));
        }
      }
      return null;
    }

    private LetterPosition pause(LetterPosition next) {
      if (lookedAt == 0) {
        throw new DeadLettersUnavailableException("the dead letters do not come", null);
      }
      return next;
    }
  }
}
