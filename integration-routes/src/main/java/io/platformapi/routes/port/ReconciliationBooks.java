package io.platformapi.routes.port;

import io.platformapi.routes.message.RunProgress;
import java.util.List;

/**
 * The two books of a tenant, as far as a run works on them. Each method does its work in short
 * transactions that prove the run's claim, and may be called again: what is done stays done. All
 * throw {@link LostClaimException} when the run is another node's now, and {@link
 * StoreUnavailableException} when the tenant's database is away.
 */
public interface ReconciliationBooks {

  /**
   * Teams of the gateway whose rows belong to the tenant; one null stands for all, of which the
   * book keeps the tenant's.
   */
  List<String> teams(RunProgress run);

  /** Where the run's rows go; it knows how far each team's have come. */
  SpendBook gatewaySide(RunProgress run);

  /**
   * Cuts the next slice off the window, so small that it can be worked on at once; returns whether
   * there is another.
   */
  boolean load(RunProgress run);

  /** Matches the next slice; returns whether there is more to match. */
  boolean match(RunProgress run);

  /** Names what differs, so many at a time; returns whether there are more. */
  boolean classify(RunProgress run);

  /** Decides what is done about it, so many at a time; returns whether there are more. */
  boolean decide(RunProgress run);

  /** Posts adjustments, one batch of the ledger at a time; returns whether there are more. */
  boolean post(RunProgress run);

  /**
   * Compares the counters that the gateway told with both books; they explain, and post nothing.
   */
  void compareCounters(RunProgress run);

  /** Pushes limits to the gateway if the tenant wants that. */
  void pushLimits(RunProgress run);

  /** Tells other services what the run has found, once. */
  void publish(RunProgress run);

  /** Closes the run. */
  void report(RunProgress run);
}
