package io.platformapi.service.policy.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Rules of one type, action and effect by the role they need; roles are numbers. */
final class RoleRules {
  static final RoleRules NONE = new RoleRules(Map.of());

  /** Bit of each role that has rules here. */
  private final long[] roles;

  /** How many bits are set before each word of {@link #roles}. */
  private final int[] before;

  private final Candidates[] candidates;
  private final List<List<CompiledRule>> rules;

  RoleRules(Map<Integer, List<CompiledRule>> byRole) {
    SortedMap<Integer, List<CompiledRule>> sorted = new TreeMap<>(byRole);
    this.roles = new long[sorted.isEmpty() ? 0 : RoleMask.word(sorted.lastKey()) + 1];
    sorted.keySet().forEach(role -> roles[RoleMask.word(role)] |= RoleMask.bit(role));
    this.before = new int[roles.length];
    for (int word = 1; word < roles.length; word++) {
      before[word] = before[word - 1] + Long.bitCount(roles[word - 1]);
    }
    this.rules = sorted.values().stream().map(List::copyOf).toList();
    this.candidates = rules.stream().map(Candidates::of).toArray(Candidates[]::new);
  }

  /** Finds the first rule that counts among those of the given roles. */
  void find(Evaluation evaluation, long[] subjectRoles) {
    int words = Math.min(roles.length, subjectRoles.length);
    for (int word = 0; word < words; word++) {
      long common = roles[word] & subjectRoles[word];
      while (common != 0) {
        long bit = Long.lowestOneBit(common);
        candidates[place(word, bit)].find(evaluation);
        common ^= bit;
      }
    }
  }

  /** All rules of the given roles, in no order. */
  List<CompiledRule> of(long[] subjectRoles) {
    List<CompiledRule> found = new ArrayList<>();
    for (int word = 0; word < Math.min(roles.length, subjectRoles.length); word++) {
      for (long common = roles[word] & subjectRoles[word]; common != 0; common &= common - 1) {
        found.addAll(rules.get(place(word, Long.lowestOneBit(common))));
      }
    }
    return found;
  }

  private int place(int word, long bit) {
    return before[word] + Long.bitCount(roles[word] & (bit - 1));
  }
}
