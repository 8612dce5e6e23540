package io.platformapi.service.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MinDuration;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.concurrent.TimeUnit;

/** How the gateway's book is read and compared with the ledger. */
public final class ReconciliationConfiguration {

  /**
   * Pause between two readings of the gateway's spend log; nothing is read without a credential.
   */
  @NotNull
  @MinDuration(value = 100, unit = TimeUnit.MILLISECONDS)
  @JsonProperty
  private Duration pullInterval = Duration.minutes(1);

  /** How far the first reading goes back. */
  @NotNull @JsonProperty private Duration firstPull = Duration.hours(24);

  /** How much must have settled since a tenant's last run before the next starts by itself. */
  @NotNull
  @MinDuration(value = 1, unit = TimeUnit.MINUTES)
  @JsonProperty
  private Duration every = Duration.hours(6);

  /** Pause between two looks for runs to work on. */
  @NotNull
  @MinDuration(value = 10, unit = TimeUnit.MILLISECONDS)
  @JsonProperty
  private Duration interval = Duration.seconds(5);

  /** Pause between two visits of every tenant, which wake idle databases. */
  @NotNull
  @MinDuration(value = 100, unit = TimeUnit.MILLISECONDS)
  @JsonProperty
  private Duration round = Duration.minutes(5);

  /** How long a node that has gone silent keeps a run. */
  @NotNull
  @MinDuration(value = 1, unit = TimeUnit.SECONDS)
  @JsonProperty
  private Duration lease = Duration.minutes(2);

  /** Pause after the first attempt that failed; doubles up to an hour. */
  @NotNull
  @MinDuration(value = 10, unit = TimeUnit.MILLISECONDS)
  @JsonProperty
  private Duration retry = Duration.seconds(10);

  /** Attempts after which a run is given up. */
  @Min(1)
  @Max(100)
  @JsonProperty
  private int attempts = 10;

  /** Runs of different tenants that a node works on at once. */
  @Min(1)
  @Max(16)
  @JsonProperty
  private int concurrentRuns = 2;

  public java.time.Duration pullInterval() {
    return pullInterval.toJavaDuration();
  }

  public java.time.Duration firstPull() {
    return firstPull.toJavaDuration();
  }

  public java.time.Duration every() {
    return every.toJavaDuration();
  }

  public java.time.Duration interval() {
    return interval.toJavaDuration();
  }

  public java.time.Duration round() {
    return round.toJavaDuration();
  }

  public java.time.Duration lease() {
    return lease.toJavaDuration();
  }

  public java.time.Duration retry() {
    return retry.toJavaDuration();
  }

  public int attempts() {
    return attempts;
  }

  public int concurrentRuns() {
    return concurrentRuns;
  }
}
