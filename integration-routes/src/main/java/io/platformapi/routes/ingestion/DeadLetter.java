package io.platformapi.routes.ingestion;

import io.platformapi.routes.support.DisplayText;
import io.platformapi.routes.support.EventHeaders;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;

/**
 * What an operator may know of a dead letter: everything but what it says, which may be a prompt.
 *
 * @param position where it lies
 * @param reason a {@link RejectReason}'s code, or whatever else stands there
 * @param field the field to blame, or null
 * @param sourceTopic where it was first read, {@code http} for what was never on a topic
 * @param sourcePartition null for what was never on a topic
 * @param sourceOffset null for what was never on a topic
 * @param bytes size of its value
 * @param deadAt when it was written
 * @param digest whether the value is a digest of the original instead of it
 * @param replayedFrom position of the letter that it was before it was replayed, or null
 */
public record DeadLetter(
    LetterPosition position,
    String reason,
    String field,
    String sourceTopic,
    Long sourcePartition,
    Long sourceOffset,
    int bytes,
    Instant deadAt,
    boolean digest,
    String replayedFrom) {

  static DeadLetter of(ConsumerRecord<byte[], byte[]> record) {
    Headers headers = record.headers();
    return new DeadLetter(
        new LetterPosition(record.partition(), record.offset()),
        text(headers, EventHeaders.REASON),
        text(headers, EventHeaders.FIELD),
        text(headers, EventHeaders.SOURCE_TOPIC),
        number(headers, EventHeaders.SOURCE_PARTITION),
        number(headers, EventHeaders.SOURCE_OFFSET),
        record.value() == null ? 0 : record.value().length,
        Instant.ofEpochMilli(record.timestamp()),
        headers.lastHeader(EventHeaders.DIGEST) != null,
        text(headers, EventHeaders.REPLAYED_FROM));
  }

  /** Whoever writes to the topic writes these, too. */
  private static String text(Headers headers, String name) {
    String text = EventHeaders.text(headers, name);
    return text == null ? null : DisplayText.clean(text);
  }

  private static Long number(Headers headers, String name) {
    long value = EventHeaders.number(headers, name, -1);
    return value < 0 ? null : value;
  }
}
