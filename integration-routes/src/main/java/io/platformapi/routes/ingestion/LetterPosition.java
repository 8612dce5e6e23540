package io.platformapi.routes.ingestion;

import java.util.Comparator;

/** Where a dead letter lies in its topic, written {@code partition:offset}. */
public record LetterPosition(int partition, long offset) implements Comparable<LetterPosition> {
  /** Before every letter. */
  public static final LetterPosition FIRST = new LetterPosition(0, 0);

  private static final Comparator<LetterPosition> ORDER =
      Comparator.comparingInt(LetterPosition::partition).thenComparingLong(LetterPosition::offset);

  public LetterPosition {
    if (partition < 0 || offset < 0) {
      throw new IllegalArgumentException("a position below zero");
    }
  }

  /**
   * @throws IllegalArgumentException when the text is no position
   */
  public static LetterPosition parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("no partition:offset");
    }
    // NumberFormatException is an IllegalArgumentException.
    return new LetterPosition(
        Integer.parseInt(text.substring(0, colon)), Long.parseLong(text.substring(colon + 1)));
  }

  @Override
  public int compareTo(LetterPosition other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return partition + ":" + offset;
  }
}
