package io.platformapi.service.quota;

import io.platformapi.service.quota.engine.Quota;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a new set of limits changes.
 *
 * @param removed limits that are no more
 * @param added limits that are new
 * @param changed limits of the same natural key with something else about them
 */
record QuotaDiff(List<Quota> removed, List<Quota> added, List<Change> changed) {

  record Change(Quota before, Quota after) {}

  /**
   * @param after with the ids of those that stay
   */
  static QuotaDiff of(Collection<Quota> before, Collection<Quota> after) {
    Map<UUID, Quota> old =
        before.stream()
            .collect(
                Collectors.toMap(Quota::id, Function.identity(), (a, b) -> a, LinkedHashMap::new));
    List<Quota> added = new ArrayList<>();
    List<Change> changed = new ArrayList<>();
    for (Quota quota : after) {
      Quota was = old.remove(quota.id());
      if (was == null) {
        added.add(quota);
      } else if (!was.equals(quota)) {
        changed.add(new Change(was, quota));
      }
    }
    return new QuotaDiff(List.copyOf(old.values()), added, changed);
  }

  boolean isEmpty() {
    return removed.isEmpty() && added.isEmpty() && changed.isEmpty();
  }

  /** Rows that must go, some to come again. */
  List<Quota> leaving() {
    List<Quota> leaving = new ArrayList<>(removed);
    changed.forEach(change -> leaving.add(change.before()));
    return leaving;
  }

  /** Rows that must come. */
  List<Quota> coming() {
    List<Quota> coming = new ArrayList<>(added);
    changed.forEach(change -> coming.add(change.after()));
    return coming;
  }

  List<Quota> gone() {
    return removed;
  }

  List<Quota> tellingOtherwise() {
    return changed.stream()
        .filter(change -> change.after().tellsOtherwise(change.before()))
        .map(Change::after)
        .toList();
  }
}
