package io.platformapi.routes.ingestion;

import java.time.Instant;

/**
 * Which dead letters are meant.
 *
 * @param from where to begin looking
 * @param reason only those of it; null for all
 * @param until only those that were dead before; null for all
 * @param limit how many at most
 */
public record DeadLetterQuery(LetterPosition from, String reason, Instant until, int limit) {

  public DeadLetterQuery {
    if (limit < 1) {
      throw new IllegalArgumentException("a limit below one");
    }
  }

  boolean takes(DeadLetter letter) {
    return (reason == null || reason.equals(letter.reason()))
        && (until == null || letter.deadAt().isBefore(until));
  }
}
