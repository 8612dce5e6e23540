package io.platformapi.routes.ingestion;

import io.platformapi.routes.support.EventHeaders;
import io.platformapi.routes.support.EventPublisher;
import io.platformapi.routes.support.EventPublisher.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Dead letters on their way back to the topic that they came from, byte for byte. What was posted
 * meanwhile is a duplicate there, so sending them twice does no harm.
 */
public final class Replay {
  // What made it a dead letter; the rest is the event's own.
  private static final Set<String> OF_DEATH =
      Set.of(
          EventHeaders.REASON,
          EventHeaders.FIELD,
          EventHeaders.SOURCE_TOPIC,
          EventHeaders.SOURCE_PARTITION,
          EventHeaders.SOURCE_OFFSET,
          EventHeaders.FAILED_AT,
          EventHeaders.ATTEMPT,
          EventHeaders.NOT_BEFORE,
          EventHeaders.REPLAYED_FROM);

  private final String usageTopic;
  private final EventPublisher publisher;
  private final List<Event> events = new ArrayList<>();
  private final List<Item> items = new ArrayList<>();
  private long bytes;
  private LetterPosition next;

  /** What becomes of a letter. */
  public enum Outcome {
    /** It goes back. */
    REPLAYED,
    /** Of the original there is a digest only. */
    DIGEST,
    /** It was never on the topic of usage: a piece of a posted body, or an alert. */
    NO_SOURCE,
    /** There is no letter at this position, or none any more. */
    GONE,
    /** The others are as many bytes as one replay takes: ask for it again. */
    TOO_MUCH;

    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** One letter. */
  public record Item(LetterPosition position, String reason, Outcome outcome) {}

  Replay(String usageTopic, EventPublisher publisher) {
    this.usageTopic = usageTopic;
    this.publisher = publisher;
  }

  void add(ConsumerRecord<byte[], byte[]> record) {
    DeadLetter letter = DeadLetter.of(record);
    Outcome outcome = outcome(letter);
    items.add(new Item(letter.position(), letter.reason(), outcome));
    if (outcome == Outcome.REPLAYED) {
      bytes += letter.bytes();
      events.add(original(record, letter));
    }
  }

  void leave(LetterPosition position, Outcome outcome) {
    items.add(new Item(position, null, outcome));
  }

  Replay goingOnAt(LetterPosition position) {
    next = position;
    return this;
  }

  int size() {
    return items.size();
  }

  long bytes() {
    return bytes;
  }

  /** The letters, by position, and what becomes of each when it is sent. */
  public List<Item> items() {
    return List.copyOf(items);
  }

  /** Where to go on, or null when all letters have been looked at. */
  public LetterPosition next() {
    return next;
  }

  /**
   * Returns when Kafka has acknowledged all that go back.
   *
   * @throws io.platformapi.routes.support.PublishUnavailableException when it does not; some may be
   *     back
   */
  public void send() {
    publisher.publish(events);
  }

  /** The header names the topic, but whoever can write a letter must not choose where it goes. */
  private Outcome outcome(DeadLetter letter) {
    if (letter.digest()) {
      return Outcome.DIGEST;
    }
    return usageTopic.equals(letter.sourceTopic()) ? Outcome.REPLAYED : Outcome.NO_SOURCE;
  }

  private Event original(ConsumerRecord<byte[], byte[]> record, DeadLetter letter) {
    List<Header> headers = new ArrayList<>();
    for (Header header : record.headers()) {
      if (!OF_DEATH.contains(header.key())) {
        headers.add(header);
      }
    }
    headers.add(EventHeaders.text(EventHeaders.REPLAYED_FROM, letter.position().toString()));
    return new Event(usageTopic, record.key(), record.value(), headers);
  }
}
