package io.platformapi.service.user;

import java.nio.charset.StandardCharsets;

/** Tells texts that a database can hold and people can read. */
final class Texts {
  private static final int MAX_SUBJECT = 256;

  private Texts() {}

  /** Neither control characters nor halves of surrogate pairs. */
  static boolean plain(String text, int min, int max) {
    return text.length() >= min
        && text.length() <= max
        && text.chars().noneMatch(Character::isISOControl)
        && StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  /** What can be the {@code sub} of a token. */
  static boolean subject(String text) {
    return plain(text, 1, MAX_SUBJECT) && !text.isBlank();
  }
}
