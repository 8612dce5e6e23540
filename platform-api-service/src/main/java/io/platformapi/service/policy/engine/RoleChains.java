package io.platformapi.service.policy.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds circles and long chains in the inheritance of roles. */
final class RoleChains {
  /** jCasbin follows ten links, of which one leads from the subject to its role. */
  static final int MAX_LINKS = 9;

  private RoleChains() {}

  /** What is wrong, if anything. */
  static Optional<String> problem(List<RoleInheritance> links) {
    Map<String, List<String>> inherits = new HashMap<>();
    Map<String, Integer> heirs = new HashMap<>();
    for (RoleInheritance link : links) {
      inherits.computeIfAbsent(link.role(), none -> new ArrayList<>()).add(link.inherits());
      heirs.merge(link.inherits(), 1, Integer::sum);
      heirs.putIfAbsent(link.role(), 0);
    }
    Deque<String> ready = new ArrayDeque<>();
    heirs.forEach(
        (role, count) -> {
          if (count == 0) {
            ready.add(role);
          }
        });
    Map<String, Integer> depth = new HashMap<>();
    int done = 0;
    while (!ready.isEmpty()) {
      String role = ready.remove();
      done++;
      int steps = depth.getOrDefault(role, 0);
      if (steps > MAX_LINKS) {
        return Optional.of("inheritance must have at most " + MAX_LINKS + " steps");
      }
      for (String inherited : inherits.getOrDefault(role, List.of())) {
        depth.merge(inherited, steps + 1, Math::max);
        if (heirs.merge(inherited, -1, Integer::sum) == 0) {
          ready.add(inherited);
        }
      }
    }
    return done == heirs.size()
        ? Optional.empty()
        : Optional.of("inheritance must not go in a circle");
  }
}
