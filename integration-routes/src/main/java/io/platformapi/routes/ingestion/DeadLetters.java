package io.platformapi.routes.ingestion;

import io.platformapi.routes.RoutesConfig;
import io.platformapi.routes.ingestion.Replay.Outcome;
import io.platformapi.routes.support.EventPublisher;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Events that could not be posted: shown to operators, and brought back for another attempt. */
public final class DeadLetters {
  /** How many letters one replay takes at most, and how many bytes. */
  public static final int MAX_REPLAYED = 1_000;

  private static final int MAX_BYTES = 32 << 20;

  private final DeadLetterTopic topic;
  private final String usageTopic;
  private final EventPublisher publisher;

  DeadLetters(RoutesConfig config, EventPublisher publisher) {
    this.topic = new DeadLetterTopic(config.kafkaBrokers(), config.deadTopic());
    this.usageTopic = config.usageTopic();
    this.publisher = publisher;
  }

  /**
   * @throws DeadLettersUnavailableException when Kafka does not answer
   */
  public DeadLetterPage list(DeadLetterQuery query) {
    List<DeadLetter> letters = new ArrayList<>();
    LetterPosition next =
        topic.walk(
            query.from(),
            record -> {
              DeadLetter letter = DeadLetter.of(record);
              if (query.takes(letter)) {
                letters.add(letter);
              }
              return letters.size() < query.limit();
            });
    return new DeadLetterPage(letters, next);
  }

  /**
   * Reads the letters that one asks for, to be sent then.
   *
   * @throws DeadLettersUnavailableException when Kafka does not answer
   */
  public Replay replay(DeadLetterQuery query) {
    Replay replay = new Replay(usageTopic, publisher);
    LetterPosition next =
        topic.walk(
            query.from(),
            record -> {
              if (query.takes(DeadLetter.of(record))) {
                replay.add(record);
              }
              return replay.size() < Math.min(query.limit(), MAX_REPLAYED)
                  && replay.bytes() < MAX_BYTES;
            });
    return replay.goingOnAt(next);
  }

  /**
   * Reads these letters, to be sent then.
   *
   * @param chosen at most {@link #MAX_REPLAYED}
   * @throws DeadLettersUnavailableException when Kafka does not answer
   */
  public Replay replay(Collection<LetterPosition> chosen) {
    if (chosen.size() > MAX_REPLAYED) {
      throw new IllegalArgumentException("more letters than one replay takes");
    }
    Replay replay = new Replay(usageTopic, publisher);
    topic
        .at(chosen)
        .forEach(
            (position, record) -> {
              Optional<ConsumerRecord<byte[], byte[]>> fitting =
                  record.filter(present -> replay.bytes() < MAX_BYTES);
              if (fitting.isPresent()) {
                replay.add(fitting.get());
              } else {
                replay.leave(position, record.isPresent() ? Outcome.TOO_MUCH : Outcome.GONE);
              }
            });
    return replay;
  }
}
