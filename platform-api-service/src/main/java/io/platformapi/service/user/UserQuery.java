package io.platformapi.service.user;

/**
 * Which users are asked for; each part may be null.
 *
 * @param email whatever its case
 */
record UserQuery(UserStatus status, String role, String email, String subject) {

  /** Whether nobody can be meant, since no database holds such a text. */
  boolean hopeless() {
    return hopeless(role) || hopeless(email) || hopeless(subject);
  }

  private static boolean hopeless(String text) {
    return text != null && !Texts.plain(text, 0, Integer.MAX_VALUE);
  }
}
