package io.platformapi.service.quota.simulator;

import io.platformapi.service.quota.reservation.EndRequest;
import io.platformapi.service.quota.reservation.GrantRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Somebody's work on a node, which can be held up before each of its calls of the world outside:
 * database, copy, clock.
 *
 * <p>Held up means unwound. To go on the work is run from its beginning, and the calls that it has
 * made are answered from the record, so that many tasks interleave on one thread; hand-overs
 * between threads would cost a hundred times as much. The code under test keeps no state between
 * the calls but its own local one.
 */
final class Task {
  final String name;
  final Node node;
  final long number;

  /** Whose end it waits for, or null. */
  SimulatedTransaction waitsFor;

  /** The transaction it is in, or null. */
  SimulatedTransaction transaction;

  /** What it asks for. */
  List<GrantRequest> grants = List.of();

  List<EndRequest> ends = List.of();

  /** Whether anything else has happened since it began. */
  boolean disturbed;

  Instant begun;

  private final World world;
  private final Runnable work;
  private final List<Object> record = new ArrayList<>();
  private int position;
  private int heldUpAt = -1;

  private record Thrown(RuntimeException exception) {}

  Task(World world, long number, String name, Node node, Runnable work) {
    this.world = world;
    this.number = number;
    this.name = name;
    this.node = node;
    this.work = work;
  }

  /** Goes on; false when it is held up again. */
  boolean run() {
    position = 0;
    waitsFor = null;
    try {
      work.run();
      return true;
    } catch (Suspended suspended) {
      return false;
    }
  }

  boolean blocked() {
    return waitsFor != null && waitsFor.active();
  }

  /** A call that cannot be held up, but may have to wait. */
  <T> T call(Supplier<T> live) {
    return call(null, live);
  }

  /**
   * @param what it is, when it may be held up before
   */
  <T> T call(String what, Supplier<T> live) {
    if (position < record.size()) {
      return recorded(record.get(position++));
    }
    if (what != null && heldUpAt != position && world.holdsUp()) {
      heldUpAt = position;
      if (world.traces()) {
        world.trace(this + " is held up before " + what);
      }
      throw Suspended.NOW;
    }
    try {
      T value = live.get();
      record.add(value);
      position++;
      if (what != null && world.traces()) {
        world.trace(this + " " + what + (value == null ? "" : ": " + value));
      }
      return value;
    } catch (RuntimeException e) {
      record.add(new Thrown(e));
      position++;
      if (world.traces()) {
        world.trace(this + " " + what + " fails: " + e);
      }
      throw e;
    }
  }

  @SuppressWarnings("unchecked")
  private static <T> T recorded(Object value) {
    if (value instanceof Thrown thrown) {
      throw thrown.exception;
    }
    return (T) value;
  }

  @Override
  public String toString() {
    return node.name() + " " + name + "#" + number;
  }
}
