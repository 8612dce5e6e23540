package io.platformapi.service.policy.condition;

/** Looking into a text. */
enum TextFunction {
  STARTS_WITH("startsWith"),
  ENDS_WITH("endsWith"),
  CONTAINS("contains");

  /** Longer parts can be made so that a plain search compares each with each of its characters. */
  private static final int PLAIN_SEARCH = 32;

  private final String text;

  TextFunction(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }

  boolean holds(String whole, String part) {
    return switch (this) {
      case STARTS_WITH -> whole.startsWith(part);
      case ENDS_WITH -> whole.endsWith(part);
      case CONTAINS -> part.length() <= PLAIN_SEARCH ? whole.contains(part) : search(whole, part);
    };
  }

  /** Knuth, Morris and Pratt's search: never more steps than twice the characters. */
  private static boolean search(String whole, String part) {
    int[] border = new int[part.length()];
    for (int i = 1, matched = 0; i < part.length(); i++) {
      matched = next(part, border, matched, part.charAt(i));
      border[i] = matched;
    }
    for (int i = 0, matched = 0; i < whole.length(); i++) {
      matched = next(part, border, matched, whole.charAt(i));
      if (matched == part.length()) {
        return true;
      }
    }
    return false;
  }

  /** How many characters of the part match after one more, none of them being all. */
  private static int next(String part, int[] border, int before, char c) {
    int matched = before;
    while (matched > 0 && part.charAt(matched) != c) {
      matched = border[matched - 1];
    }
    return part.charAt(matched) == c ? matched + 1 : matched;
  }
}
