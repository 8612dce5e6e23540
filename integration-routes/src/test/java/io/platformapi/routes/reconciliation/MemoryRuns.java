package io.platformapi.routes.reconciliation;

import io.platformapi.routes.message.RunProgress;
import io.platformapi.routes.message.RunState;
import io.platformapi.routes.message.SpendPage;
import io.platformapi.routes.message.SpendPullResult;
import io.platformapi.routes.port.ReconciliationBooks;
import io.platformapi.routes.port.ReconciliationRuns;
import io.platformapi.routes.port.SpendBook;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Runs and books that note what is asked of them, and fail where they are told to. */
final class MemoryRuns implements ReconciliationRuns, ReconciliationBooks {
  static final Instant FROM = Instant.parse("2026-11-22T10:00:00Z");
  static final Instant TO = Instant.parse("2026-11-22T11:00:00Z");

  final List<String> done = Collections.synchronizedList(new ArrayList<>());
  final Map<String, Integer> pieces = new HashMap<>();
  List<String> teams = Arrays.asList("team-a", "team-b");
  volatile RunState state = RunState.REQUESTED;
  volatile boolean open = true;
  volatile Exception failed;
  volatile int released;
  volatile RuntimeException trouble;
  volatile String troubleAt = "";

  RunProgress run() {
    return new RunProgress("acme", new UUID(1, 2), new UUID(3, 4), FROM, TO, state);
  }

  @Override
  public List<String> due() {
    return open ? List.of("acme") : List.of();
  }

  @Override
  public synchronized Optional<RunProgress> claim(String tenantId) {
    if (!open) {
      return Optional.empty();
    }
    open = false;
    return Optional.of(run());
  }

  @Override
  public RunProgress reached(RunProgress run, RunState next) {
    done.add(next.wire());
    state = next;
    return run.reached(next);
  }

  @Override
  public void failed(RunProgress run, Exception cause) {
    failed = cause;
  }

  @Override
  public void release(RunProgress run) {
    released++;
  }

  @Override
  public List<String> teams(RunProgress run) {
    return teams;
  }

  @Override
  public SpendBook gatewaySide(RunProgress run) {
    return new SpendBook() {
      @Override
      public Optional<Instant> watermark(String teamId) {
        return Optional.empty();
      }

      @Override
      public void store(String teamId, SpendPage page) {}
    };
  }

  /** A log of the gateway that notes what is read of it. */
  SpendPullResult read(String team, Instant from, Instant to, SpendBook into, String requestId) {
    piece("read " + team + " " + from + " " + to + " " + requestId);
    return new SpendPullResult(0, 0, 0, to, true);
  }

  @Override
  public boolean load(RunProgress run) {
    return piece("load");
  }

  @Override
  public boolean match(RunProgress run) {
    return piece("match");
  }

  @Override
  public boolean classify(RunProgress run) {
    return piece("classify");
  }

  @Override
  public boolean decide(RunProgress run) {
    return piece("decide");
  }

  @Override
  public boolean post(RunProgress run) {
    return piece("post");
  }

  @Override
  public void compareCounters(RunProgress run) {
    piece("counters");
  }

  @Override
  public void pushLimits(RunProgress run) {
    piece("push");
  }

  @Override
  public void publish(RunProgress run) {
    piece("publish");
  }

  @Override
  public void report(RunProgress run) {
    piece("report");
  }

  /** Notes a piece of work; returns whether there is another of its kind. */
  private boolean piece(String what) {
    if (what.equals(troubleAt)) {
      throw trouble;
    }
    done.add(what);
    return pieces.merge(what, -1, Integer::sum) > 0;
  }
}
