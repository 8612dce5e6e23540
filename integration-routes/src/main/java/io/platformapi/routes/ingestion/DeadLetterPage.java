package io.platformapi.routes.ingestion;

import java.util.List;

/**
 * Dead letters by partition and offset.
 *
 * @param next where to go on, or null when all that were there have been looked at; a page may be
 *     empty and have one, since only so many letters are looked at in one go
 */
public record DeadLetterPage(List<DeadLetter> letters, LetterPosition next) {
  public DeadLetterPage {
    letters = List.copyOf(letters);
  }
}
