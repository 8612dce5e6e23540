package io.platformapi.service.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.Duration;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.net.URI;

/** Decisions for other services: where they find us, and how many decisions are remembered. */
public final class PoliciesConfiguration {

  /** Where callers find this service, as AuthZEN's metadata tells it; https in production. */
  @NotNull @JsonProperty private URI publicUrl;

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
