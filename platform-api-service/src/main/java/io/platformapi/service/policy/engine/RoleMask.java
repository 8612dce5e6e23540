package io.platformapi.service.policy.engine;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Which roles a subject has, inherited ones included, as bits. */
final class RoleMask {
  /** Number of {@link Rule#ANY}: everybody has it. */
  private static final int ANY = 0;

  private static final long[] ONLY_ANY = {1};

  private final Map<String, Integer> numbers;
  private final Map<String, long[]> closures;

  /**
   * @param roles every role that a rule names
   * @param inherited for each role that is known, itself and all that it inherits
   */
  RoleMask(Set<String> roles, Map<String, Set<String>> inherited) {
    Map<String, Integer> all = new HashMap<>();
    all.put(Rule.ANY, ANY);
    for (String role : roles) {
      all.putIfAbsent(role, all.size());
    }
    // Not copied: Map.copyOf would be slow for names that were chosen to have one hash.
    this.numbers = all;
    Map<String, long[]> masks = new HashMap<>();
    inherited.forEach((role, closure) -> masks.put(role, mask(closure)));
    this.closures = masks;
  }

  private long[] mask(Set<String> roles) {
    long[] mask = new long[word(numbers.size() - 1) + 1];
    mask[word(ANY)] |= bit(ANY);
    for (String role : roles) {
      Integer number = numbers.get(role);
      if (number != null) {
        mask[word(number)] |= bit(number);
      }
    }
    return mask;
  }

  /** Number of a role that a rule names. */
  int number(String role) {
    return numbers.get(role);
  }

  /** The roles of a subject; not to be changed. */
  long[] of(Set<String> assigned) {
    long[] mask = ONLY_ANY;
    boolean own = false;
    for (String role : assigned) {
      long[] closure = closures.get(role);
      if (closure == null) {
        continue;
      }
      if (mask == ONLY_ANY) {
        mask = closure;
        continue;
      }
      if (!own) {
        mask = mask.clone();
        own = true;
      }
      for (int word = 0; word < mask.length; word++) {
        mask[word] |= closure[word];
      }
    }
    return mask;
  }

  static int word(int role) {
    return role / Long.SIZE;
  }

  static long bit(int role) {
    return 1L << role % Long.SIZE;
  }
}
