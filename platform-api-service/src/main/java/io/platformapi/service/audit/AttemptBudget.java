package io.platformapi.service.audit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides which refused attempts have rows of their own, the first ones of each actor in a window
 * of time, and counts the others by actor, tenant and reason.
 */
final class AttemptBudget {
  /** Stands for the actors that are too many to be told apart. */
  static final String SEVERAL = "several";

  private final int perActor;
  private final int inAll;
  private final int groups;
  private final Map<String, Integer> admitted = new HashMap<>();
  private final Map<Group, Count> counted = new LinkedHashMap<>();
  private int admittedInAll;

  /**
   * @param perActor rows of one actor in a window
   * @param inAll rows of all actors in a window
   * @param groups counts that are held apart
   */
  AttemptBudget(int perActor, int inAll, int groups) {
    this.perActor = perActor;
    this.inAll = inAll;
    this.groups = groups;
  }

  /** Whether it is to have a row of its own; otherwise it has been counted. */
  synchronized boolean admits(AuditEvent event, Instant now) {
    int own = admitted.getOrDefault(event.actor(), 0);
    if (admittedInAll < inAll && own < perActor) {
      admittedInAll++;
      admitted.put(event.actor(), own + 1);
      return true;
    }
    count(Group.of(event), new Count(1, now, now));
    return false;
  }

  /** Begins a new window, and hands over what was counted. */
  synchronized List<AuditEvent> turn() {
    admitted.clear();
    admittedInAll = 0;
    List<AuditEvent> events = new ArrayList<>();
    counted.forEach((group, count) -> events.add(group.event(count)));
    counted.clear();
    return events;
  }

  /** Takes back what could not be written. */
  synchronized void giveBack(List<AuditEvent> events) {
    events.forEach(event -> count(Group.of(event), Count.of(event)));
  }

  private void count(Group group, Count count) {
    Group known = counted.containsKey(group) || counted.size() < groups ? group : group.shared();
    counted.merge(known, count, Count::with);
  }

  private record Group(String actor, AuditAction action, String tenantId, Object reason) {
    private static final String TARGET = "several requests";

    static Group of(AuditEvent event) {
      return new Group(
          event.actor(), event.action(), event.tenantId(), event.details().get("reason"));
    }

    /** There are few of these: actions and reasons are ours. */
    Group shared() {
      return new Group(SEVERAL, action, null, reason);
    }

    AuditEvent event(Count count) {
      Map<String, Object> details = new LinkedHashMap<>();
      details.put("reason", reason);
      details.put("times", count.times());
      details.put("first", count.first().toString());
      details.put("last", count.last().toString());
      return new AuditEvent(actor, action, TARGET, tenantId, null, details);
    }
  }

  private record Count(long times, Instant first, Instant last) {
    static Count of(AuditEvent event) {
      return new Count(
          (Long) event.details().get("times"),
          Instant.parse((String) event.details().get("first")),
          Instant.parse((String) event.details().get("last")));
    }

    Count with(Count other) {
      return new Count(
          times + other.times,
          first.isBefore(other.first) ? first : other.first,
          last.isAfter(other.last) ? last : other.last);
    }
  }
}
