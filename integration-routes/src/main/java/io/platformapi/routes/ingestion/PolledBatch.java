package io.platformapi.routes.ingestion;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.kafka.consumer.DefaultKafkaManualCommit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;

/**
 * What Camel's batching Kafka consumer hands over: the records of one poll, and the means to commit
 * them. Use it on the polling thread only.
 */
final class PolledBatch {
  private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(10);

  private final List<SourceRecord> records;
  private final Map<TopicPartition, OffsetAndMetadata> offsets;
  private final Consumer<?, ?> consumer;

  private PolledBatch(
      List<SourceRecord> records,
      Map<TopicPartition, OffsetAndMetadata> offsets,
      Consumer<?, ?> consumer) {
    this.records = records;
    this.offsets = offsets;
    this.consumer = consumer;
  }

  /**
   * Takes the children's records and the highest offset of every partition: the manual commit of
   * the outer exchange knows one partition only.
   */
  static PolledBatch of(Exchange exchange) {
    List<?> children = exchange.getMessage().getBody(List.class);
    List<SourceRecord> records = new ArrayList<>(children.size());
    Map<TopicPartition, Long> next = new HashMap<>();
    Consumer<?, ?> consumer = null;
    for (Object child : children) {
      Message message = ((Exchange) child).getMessage();
      DefaultKafkaManualCommit commit =
          message.getHeader(KafkaConstants.MANUAL_COMMIT, DefaultKafkaManualCommit.class);
      consumer = commit.getCamelExchangePayload().consumer;
      next.merge(commit.getPartition(), commit.getRecordOffset() + 1, Math::max);
      records.add(
          new SourceRecord(
              commit.getTopicName(),
              commit.getPartition().partition(),
              commit.getRecordOffset(),
              (byte[]) message.getHeader(KafkaConstants.KEY),
              (byte[]) message.getBody(),
              (Headers) message.getHeader(KafkaConstants.HEADERS)));
    }
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    next.forEach((partition, offset) -> offsets.put(partition, new OffsetAndMetadata(offset)));
    return new PolledBatch(records, offsets, consumer);
  }

  List<SourceRecord> records() {
    return records;
  }

  /** Commits all partitions at once and waits for it. */
  void commit() {
    consumer.commitSync(offsets, COMMIT_TIMEOUT);
  }

  /** How many records wait behind this consumer's position, as far as it knows. */
  long lag() {
    long lag = 0;
    for (TopicPartition partition : consumer.assignment()) {
      lag += consumer.currentLag(partition).orElse(0);
    }
    return lag;
  }
}
