package io.platformapi.service.quota.simulation;

import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceChange;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.Told;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * What is used of quotas while time goes on: holds the windows that are open, and of rolling ones
 * the parts that have not left. Times must not go back.
 */
final class SimulatedBalances {
  /** So far a balance grows: two such numbers can be added. */
  private static final long MOST = Long.MAX_VALUE / 2;

  private final Map<UUID, Window> windows = new HashMap<>();
  private int size;

  /** How many balances and parts of balances are held. */
  int size() {
    return size;
  }

  /** The balance that is decided by in the window that is open. */
  Balance get(Quota quota, BalanceKey key, Instant at) {
    Subject subject = window(quota, key, at).subjects.get(key.subject());
    if (subject == null) {
      return Balance.empty(key);
    }
    if (quota.window().isRolling()) {
      size -= subject.leave(quota.window().firstSlot(at));
    }
    return new Balance(key, subject.used, 0, 0, Told.NOTHING);
  }

  void add(Quota quota, BalanceChange change, Instant at) {
    Window window = window(quota, change.key(), at);
    Subject subject = window.subjects.get(change.key().subject());
    if (subject == null) {
      subject = new Subject();
      window.subjects.put(change.key().subject(), subject);
      size++;
    }
    size += subject.add(change.slot(), change.used());
  }

  /** The open window; what was in the one before is forgotten. */
  private Window window(Quota quota, BalanceKey key, Instant at) {
    Window window = windows.computeIfAbsent(quota.id(), id -> new Window());
    QuotaWindow kind = quota.window();
    if (!key.window().equals(window.id)) {
      window.subjects.values().forEach(subject -> size -= 1 + subject.parts.size());
      window.subjects.clear();
      window.id = key.window();
      window.sweptAt = at;
    } else if (kind.isRolling() && at.isAfter(window.sweptAt.plus(kind.length()))) {
      window
          .subjects
          .values()
          .removeIf(
              subject -> {
                size -= subject.leave(kind.firstSlot(at));
                boolean gone = subject.parts.isEmpty();
                size -= gone ? 1 : 0;
                return gone;
              });
      window.sweptAt = at;
    }
    return window;
  }

  /** One quota's window and who has used something in it. */
  private static final class Window {
    private final Map<String, Subject> subjects = new HashMap<>();
    private Instant id;
    private Instant sweptAt;
  }

  /** What somebody has used; of a rolling window by its parts. */
  private static final class Subject {
    private final Deque<Part> parts = new ArrayDeque<>(0);
    private long used;

    /** Returns how many parts there are more. */
    int add(Instant slot, long amount) {
      long fits = Math.min(amount, MOST - used);
      used += fits;
      if (slot == null) {
        return 0;
      }
      Part last = parts.peekLast();
      boolean same = last != null && last.slot.equals(slot);
      if (same) {
        parts.removeLast();
      }
      parts.addLast(new Part(slot, same ? last.used + fits : fits));
      return same ? 0 : 1;
    }

    /** Returns how many parts there are less. */
    int leave(Instant firstSlot) {
      int before = parts.size();
      while (!parts.isEmpty() && parts.peekFirst().slot.isBefore(firstSlot)) {
        used -= parts.removeFirst().used;
      }
      return before - parts.size();
    }
  }

  private record Part(Instant slot, long used) {}
}
