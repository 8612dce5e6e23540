package io.platformapi.service.cache;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The marks of this node's changes that are under way, and of those not yet settled. */
public final class OpenMarks {
  private final Map<Long, Mark> marks = new ConcurrentHashMap<>();

  void open(Mark mark) {
    marks.put(mark.id(), mark);
  }

  void settled(long id) {
    marks.remove(id);
  }

  /** The work is done, but the mark stands. */
  void left(long id) {
    marks.computeIfPresent(id, (key, mark) -> new Mark(id, mark.change(), true));
  }

  List<Mark> underWay() {
    return marks.values().stream().filter(mark -> !mark.done()).toList();
  }

  List<Mark> toSettle() {
    return marks.values().stream().filter(Mark::done).toList();
  }

  /**
   * A change of a tenant's database.
   *
   * @param done whether its work has ended
   */
  record Mark(long id, Change change, boolean done) {}
}
