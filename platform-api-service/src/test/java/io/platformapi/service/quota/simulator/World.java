package io.platformapi.service.quota.simulator;

import io.platformapi.service.quota.engine.BalanceKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * One run: some nodes at one database and one copy, work that comes, is held up and goes on, and
 * all that can go wrong, by the dice of one seed and on a clock of its own.
 */
final class World {
  /** So far the nodes' clocks may be off. */
  static final Duration MOST_SKEW = Duration.ofSeconds(60);

  private static final Instant START = Instant.parse("2026-03-01T10:59:00Z");
  private static final int STEPS = 32;
  private static final int MOST_TASKS = 5;
  private static final int MOST_STEPS_TO_END = 10_000;

  final Dice dice;

  /** Of grants; null in the worlds without, which are as they were before there were any. */
  final Dice grantDice;

  /** Whether a group is tried to be held at once. */
  final Dice luck;

  final SimulatedDatabase database;
  final SimulatedCopy copy;
  final History history = new History();
  final Oracle oracle;
  final List<Node> nodes = new ArrayList<>();

  private final Consumer<String> trace;
  private final Workload workload;
  private final List<Task> tasks = new ArrayList<>();
  private final int holdUps;
  private int failures;
  private Duration longestHoldUp = Duration.ZERO;
  private Instant now = START;
  private long ids;
  private long numbers;
  private Task current;

  /**
   * @param trace told what happens; null when nobody wants to know
   */
  World(long seed, Consumer<String> trace) {
    this.dice = new Dice(seed);
    this.luck = new Dice(seed ^ 0x5deece66dL);
    this.grantDice = seed % 8 == 7 ? new Dice(~seed) : null;
    this.trace = trace;
    this.database = new SimulatedDatabase(this);
    this.copy = new SimulatedCopy(this);
    this.oracle = new Oracle(this);
    this.holdUps = dice.of(0, 3, 10, 25);
    this.failures = dice.of(0, 0, 1, 4);
    int many = dice.between(1, 3);
    for (int i = 0; i < many; i++) {
      nodes.add(new Node(this, i));
    }
    this.workload = new Workload(this);
  }

  void run() {
    workload.setUp();
    for (int i = 0; i < STEPS; i++) {
      step();
    }
    failures = 0;
    finish();
    workload.tearDown();
    finish();
    oracle.noneOverdue();
  }

  private void step() {
    List<Task> able = tasks.stream().filter(task -> !task.blocked()).toList();
    if (!able.isEmpty() && (tasks.size() >= MOST_TASKS || dice.percent(50))) {
      goOn(dice.of(able));
    } else {
      workload.next();
    }
  }

  private void finish() {
    for (int i = 0; !tasks.isEmpty(); i++) {
      List<Task> able = tasks.stream().filter(task -> !task.blocked()).toList();
      Violation.unless(
          i < MOST_STEPS_TO_END && !able.isEmpty(), Invariant.PROGRESS, "work never ends:", tasks);
      goOn(dice.of(able));
    }
  }

  /** Begins a task and lets it go as far as it comes. */
  void begin(Task task) {
    task.disturbed = !tasks.isEmpty();
    tasks.forEach(other -> other.disturbed = true);
    task.begun = now;
    tasks.add(task);
    goOn(task);
  }

  Task task(String name, Node node, Runnable work) {
    return new Task(this, ++numbers, name, node, work);
  }

  private void goOn(Task task) {
    tasks.forEach(other -> other.disturbed |= other != task);
    current = task;
    if (task.run()) {
      tasks.remove(task);
    }
    current = null;
  }

  /** A node dies with all it does, and is started again. */
  void crash(Node node) {
    trace(node.name() + " dies");
    for (Task task : List.copyOf(tasks)) {
      task.disturbed = true;
      if (task.node == node) {
        tasks.remove(task);
        if (task.transaction != null) {
          database.end(task.transaction, false);
        }
      }
    }
    node.forget();
  }

  void pass(Duration time) {
    now = now.plus(time);
    tasks.forEach(task -> task.disturbed = true);
    if (traces()) {
      trace("it is " + now);
    }
  }

  boolean idle() {
    return tasks.isEmpty();
  }

  void commit(SimulatedTransaction transaction) {
    database.end(transaction, true);
    if (transaction.changesSomething()) {
      database.commits++;
      remember(transaction);
      oracle.committed(transaction);
    }
  }

  private void remember(SimulatedTransaction transaction) {
    for (Map.Entry<BalanceKey, Row> changed : transaction.balances.changed.entrySet()) {
      BalanceKey key = changed.getKey();
      Row row = changed.getValue();
      Rule rule = database.rule(key.quotaId());
      boolean ofGrant =
          database.bonuses().stream().anyMatch(bonus -> bonus.id().equals(key.quotaId()));
      if (row == null || rule == null && !ofGrant) {
        history.end(key, now);
      } else if (rule != null && rule.rolling()) {
        if (key.window().equals(Instant.EPOCH)) {
          history.add(key, row, partsOf(key), true, now);
        }
      } else {
        history.add(key, row, row.used(), false, now);
      }
    }
  }

  /** The most that the sum of those within the window can be: a correction may be of one alone. */
  private long partsOf(BalanceKey head) {
    return database.balances.entrySet().stream()
        .filter(
            row ->
                row.getKey().quotaId().equals(head.quotaId())
                    && row.getKey().subject().equals(head.subject()))
        .mapToLong(row -> Math.max(0, row.getValue().used()))
        .sum();
  }

  /** The task at work. */
  Task current() {
    return current;
  }

  /** From the beginning of a task to when it told the copy something. */
  Duration longestHoldUp() {
    return longestHoldUp;
  }

  void noteHoldUp() {
    Duration took = Duration.between(current.begun, now);
    longestHoldUp = took.compareTo(longestHoldUp) > 0 ? took : longestHoldUp;
  }

  Instant now() {
    return now;
  }

  /** A new one, later than all before. */
  UUID id() {
    return new UUID(0x7000L, ++ids);
  }

  /** Whether a task is held up now. */
  boolean holdsUp() {
    return dice.percent(holdUps);
  }

  /** Whether the database is not to be had now. */
  boolean fails() {
    return dice.percent(failures);
  }

  boolean traces() {
    return trace != null;
  }

  void trace(String what) {
    if (trace != null) {
      trace.accept(what);
    }
  }
}
