package io.platformapi.routes.ingestion;

import io.platformapi.routes.RoutesConfig;
import io.platformapi.routes.support.EventHeaders;
import io.platformapi.routes.support.EventPublisher;
import io.platformapi.routes.support.EventPublisher.Event;
import io.platformapi.routes.support.EventTooLargeException;
import io.platformapi.routes.support.RouteMeters;
import io.platformapi.routes.support.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.header.Header;

/** Writes events that cannot be posted to the dead-letter topic, those that can later to retry. */
final class PutAside {
  private static final Duration MAX_RETRY_DELAY = Duration.ofMinutes(5);
  private static final int MAX_DOUBLINGS = 20;
  // A retried record keeps its first origin; these are written anew.
  private static final Set<String> RETRY_HEADERS =
      Set.of(EventHeaders.ATTEMPT, EventHeaders.NOT_BEFORE);

  private final RoutesConfig config;
  private final EventPublisher publisher;
  private final RouteMeters meters;
  private final Clock clock;

  PutAside(RoutesConfig config, EventPublisher publisher, RouteMeters meters, Clock clock) {
    this.config = config;
    this.publisher = publisher;
    this.meters = meters;
    this.clock = clock;
  }

  /** A dead event and why. */
  record Dead(SourceRecord source, Rejection rejection) {}

  /**
   * Puts all of them aside and returns when Kafka has acknowledged.
   *
   * @param retries events for a later attempt
   * @param postponed events of the retry topic that were not due: written again as they are
   */
  void write(List<Dead> dead, List<SourceRecord> retries, List<SourceRecord> postponed) {
    List<Event> events = new ArrayList<>(dead.size() + retries.size() + postponed.size());
    dead.forEach(letter -> events.add(deadLetter(letter)));
    retries.forEach(source -> events.add(nextAttempt(source)));
    postponed.forEach(
        source ->
            events.add(
                new Event(
                    config.retryTopic(),
                    source.key(),
                    source.value(),
                    List.of(source.headers().toArray()))));
    try {
      publisher.publish(events);
    } catch (EventTooLargeException e) {
      // Which one is not known: only originals can be that large, so all of them are cut.
      publisher.publish(
          events.stream()
              .map(event -> event.topic().equals(config.deadTopic()) ? digestOf(event) : event)
              .toList());
    }
    dead.forEach(letter -> meters.dead(letter.rejection().reason().code()));
    meters.retried(retries.size());
  }

  /** A dead letter for a piece of an HTTP body: only its digest, it may be a prompt. */
  Event malformedPiece(String sha256, long length, String requestId, RejectReason reason) {
    meters.dead(reason.code());
    return new Event(
        config.deadTopic(),
        null,
        digest(sha256, length),
        List.of(
            EventHeaders.text(EventHeaders.REASON, reason.code()),
            EventHeaders.text(EventHeaders.SOURCE_TOPIC, "http"),
            EventHeaders.text(EventHeaders.FAILED_AT, clock.instant().toString()),
            EventHeaders.text(EventHeaders.CORRELATION_ID, requestId),
            EventHeaders.text(EventHeaders.DIGEST, "sha256")));
  }

  private Event deadLetter(Dead letter) {
    SourceRecord source = letter.source();
    List<Header> headers = new ArrayList<>();
    headers.add(EventHeaders.text(EventHeaders.REASON, letter.rejection().reason().code()));
    if (letter.rejection().field() != null) {
      headers.add(EventHeaders.text(EventHeaders.FIELD, letter.rejection().field()));
    }
    headers.addAll(origin(source));
    headers.add(EventHeaders.text(EventHeaders.FAILED_AT, clock.instant().toString()));
    Set<String> ours = headers.stream().map(Header::key).collect(Collectors.toSet());
    for (Header header : source.headers()) {
      if (!ours.contains(header.key()) && !header.key().equals(EventHeaders.NOT_BEFORE)) {
        headers.add(header);
      }
    }
    return new Event(config.deadTopic(), source.key(), source.value(), headers);
  }

  private Event nextAttempt(SourceRecord source) {
    long attempt = EventHeaders.number(source.headers(), EventHeaders.ATTEMPT, 0) + 1;
    Instant notBefore = clock.instant().plus(delay(attempt));
    List<Header> headers = new ArrayList<>(origin(source));
    headers.add(EventHeaders.text(EventHeaders.ATTEMPT, Long.toString(attempt)));
    headers.add(
        EventHeaders.text(EventHeaders.NOT_BEFORE, Long.toString(notBefore.toEpochMilli())));
    for (Header header : source.headers()) {
      if (!RETRY_HEADERS.contains(header.key()) && !header.key().startsWith("source-")) {
        headers.add(header);
      }
    }
    return new Event(config.retryTopic(), source.key(), source.value(), headers);
  }

  private Duration delay(long attempt) {
    int doublings = (int) Math.min(Math.max(attempt - 1, 0), MAX_DOUBLINGS);
    Duration delay = config.retryDelay().multipliedBy(1L << doublings);
    return delay.compareTo(MAX_RETRY_DELAY) > 0 ? MAX_RETRY_DELAY : delay;
  }

  /** Where the event was first consumed, also when it has been through the retry topic. */
  private static List<Header> origin(SourceRecord source) {
    String topic = EventHeaders.text(source.headers(), EventHeaders.SOURCE_TOPIC);
    if (topic != null && source.headers().lastHeader(EventHeaders.ATTEMPT) != null) {
      return List.of(
          source.headers().lastHeader(EventHeaders.SOURCE_TOPIC),
          source.headers().lastHeader(EventHeaders.SOURCE_PARTITION),
          source.headers().lastHeader(EventHeaders.SOURCE_OFFSET));
    }
    return List.of(
        EventHeaders.text(EventHeaders.SOURCE_TOPIC, source.topic()),
        EventHeaders.text(EventHeaders.SOURCE_PARTITION, Integer.toString(source.partition())),
        EventHeaders.text(EventHeaders.SOURCE_OFFSET, Long.toString(source.offset())));
  }

  private static Event digestOf(Event event) {
    List<Header> headers = new ArrayList<>(event.headers());
    headers.add(EventHeaders.text(EventHeaders.DIGEST, "sha256"));
    byte[] value = event.value();
    String sha256 = Sha256.hex(value);
    return new Event(event.topic(), event.key(), digest(sha256, value.length), headers);
  }

  private static byte[] digest(String sha256, long length) {
    return ("{\"sha256\":\"" + sha256 + "\",\"length\":" + length + "}")
        .getBytes(StandardCharsets.UTF_8);
  }
}
