package io.platformapi.service.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MinDuration;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.util.concurrent.TimeUnit;

/** Decisions for other services: where they find us, and how many decisions are remembered. */
public final class PoliciesConfiguration {

  /** Where callers find this service, as AuthZEN's metadata tells it; https in production. */
  @NotNull @JsonProperty private URI publicUrl;

  /**
   * How old policy may get in memory while its database cannot be asked; after that nothing is
   * decided. Policy that is known to have changed is never used.
   */
  @NotNull
  @MinDuration(value = 1, unit = TimeUnit.SECONDS)
  @JsonProperty
  private Duration staleAtMost = Duration.minutes(5);

  /** Decisions that may wait to be recorded; what is beyond is dropped and counted. */
  @Min(1)
  @JsonProperty
  private int decisionQueue = 10_000;

  /** How long recorded decisions are kept. */
  @NotNull @JsonProperty private Duration decisionAge = Duration.days(30);

  /** How many recorded decisions of a tenant are kept. */
  @Min(1)
  @JsonProperty
  private int decisionRows = 100_000;

  public URI publicUrl() {
    return publicUrl;
  }

  public java.time.Duration staleAtMost() {
    return staleAtMost.toJavaDuration();
  }

  public int decisionQueue() {
    return decisionQueue;
  }

  public java.time.Duration decisionAge() {
    return decisionAge.toJavaDuration();
  }

  public int decisionRows() {
    return decisionRows;
  }
}
