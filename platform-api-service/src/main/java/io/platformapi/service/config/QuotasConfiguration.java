package io.platformapi.service.config;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDuration;
import io.dropwizard.validation.ValidationMethod;
import jakarta.validation.constraints.NotNull;
import java.util.concurrent.TimeUnit;

/** How reservations of quotas and the plans of tenants are looked after. */
public final class QuotasConfiguration {

  /** Pause between two looks for reservations that are over their time; nothing depends on it. */
  @NotNull
  @MinDuration(value = 10, unit = TimeUnit.MILLISECONDS)
  @JsonProperty
  private Duration expiryPause = Duration.seconds(1);

  /** Pause between two visits of every tenant's reservations, which wake idle databases. */
  @NotNull
  @MinDuration(value = 1, unit = TimeUnit.SECONDS)
  @JsonProperty
  private Duration round = Duration.minutes(15);

  /** Pause between two looks for tenants whose quotas do not follow their plan yet. */
  @NotNull
  @MinDuration(value = 10, unit = TimeUnit.MILLISECONDS)
  @JsonProperty
  private Duration planPause = Duration.seconds(5);

  /** How long the copy of balances in Redis is believed to which no database tells its changes. */
  @NotNull
  @MinDuration(value = 100, unit = TimeUnit.MILLISECONDS)
  @MaxDuration(value = 1, unit = TimeUnit.HOURS)
  @JsonProperty
  private Duration copyLife = Duration.seconds(10);

  /** Pause between two looks for changes of a tenant's balances that the copy may have missed. */
  @NotNull
  @MinDuration(value = 10, unit = TimeUnit.MILLISECONDS)
  @JsonProperty
  private Duration repairInterval = Duration.seconds(2);

  /** How long a node remembers a balance that it has read or written; zero: not at all. */
  @NotNull
  @MaxDuration(value = 1, unit = TimeUnit.SECONDS)
  @JsonProperty
  private Duration nearLife = Duration.milliseconds(100);

  /**
   * How long a settlement or release waits for others of its tenant, to share their transaction,
   * while the node is at other reservations of the tenant, and at most as long again for
   * reservations that are under way then; zero: not at all.
   */
  @NotNull
  @MaxDuration(value = 100, unit = TimeUnit.MILLISECONDS)
  @JsonProperty
  private Duration settleLinger = Duration.milliseconds(2);

  public java.time.Duration settleLinger() {
    return settleLinger.toJavaDuration();
  }

  public java.time.Duration nearLife() {
    return nearLife.toJavaDuration();
  }

  public java.time.Duration repairInterval() {
    return repairInterval.toJavaDuration();
  }

  @ValidationMethod(message = "quotas.repairInterval must be at most half of quotas.copyLife")
  @JsonIgnore
  public boolean isRepairedInTime() {
    return repairInterval == null
        || copyLife == null
        || repairInterval().multipliedBy(2).compareTo(copyLife()) <= 0;
  }

  public java.time.Duration copyLife() {
    return copyLife.toJavaDuration();
  }

  public java.time.Duration expiryPause() {
    return expiryPause.toJavaDuration();
  }

  public java.time.Duration round() {
    return round.toJavaDuration();
  }

  public java.time.Duration planPause() {
    return planPause.toJavaDuration();
  }
}
