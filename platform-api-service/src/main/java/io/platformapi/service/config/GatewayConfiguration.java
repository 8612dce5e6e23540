package io.platformapi.service.config;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDuration;
import io.dropwizard.validation.ValidationMethod;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The gateway that every outbound call goes through, and what we are to those behind it.
 *
 * @param url base URL of Kong
 * @param maxConcurrentCalls calls of one upstream that may be under way at once
 * @param maxWait how long a call waits for its turn among them
 * @param litellm LiteLLM's admin API
 * @param kongAdmin Kong's own Admin API
 * @param kongRedis where Kong's nodes count requests together
 */
public record GatewayConfiguration(
    @NotNull URI url,
    @Min(1) @Max(1_000) int maxConcurrentCalls,
    @NotNull
        @MinDuration(value = 0, unit = TimeUnit.MILLISECONDS)
        @MaxDuration(value = 30, unit = TimeUnit.SECONDS)
        Duration maxWait,
    @NotNull @Valid Upstream litellm,
    @NotNull @Valid Upstream kongAdmin,
    @NotNull @Valid CountingRedis kongRedis) {
  private static final int MAX_CONCURRENT_CALLS = 32;
  private static final int REDIS_PORT = 6379;
  private static final Duration MAX_WAIT = Duration.milliseconds(500);

  public GatewayConfiguration {
    maxConcurrentCalls = maxConcurrentCalls == 0 ? MAX_CONCURRENT_CALLS : maxConcurrentCalls;
    maxWait = maxWait == null ? MAX_WAIT : maxWait;
    litellm = litellm == null ? new Upstream("/litellm", "") : litellm;
    kongAdmin = kongAdmin == null ? new Upstream("/kong-admin", "") : kongAdmin;
    kongRedis = kongRedis == null ? new CountingRedis("localhost", REDIS_PORT) : kongRedis;
  }

  /**
   * Something behind Kong that asks for a credential of ours.
   *
   * @param path its path at Kong, of one part
   * @param credential the secret; empty when we have none, and then it is not called
   */
  public record Upstream(
      @NotNull @Pattern(regexp = "/[A-Za-z0-9_-]+", message = "must be / and one name") String path,
      @NotNull @Pattern(regexp = "[\\x21-\\x7e]*", message = "must be visible ASCII")
          String credential) {

    public Upstream {
      credential = credential == null ? "" : credential.strip();
    }

    /** Whether we have a credential for it. */
    @JsonIgnore
    public boolean isCalled() {
      return !credential.isEmpty();
    }

    /** The name that stands in meters and asks for credentials. */
    String name() {
      return path.substring(1);
    }

    /** Without the secret. */
    @Override
    public String toString() {
      return "Upstream[path=" + path + "]";
    }
  }

  /** A Redis as Kong reaches it. */
  public record CountingRedis(@NotBlank String host, @Min(1) @Max(65_535) int port) {}

  /**
   * Headers that we present to an upstream; the secret of one never goes to another.
   *
   * @param upstream first part of the path at Kong
   */
  public Map<String, String> credentialsOf(String upstream) {
    if (upstream.equals(litellm.name()) && litellm.isCalled()) {
      return Map.of("Authorization", "Bearer " + litellm.credential());
    }
    if (upstream.equals(kongAdmin.name()) && kongAdmin.isCalled()) {
      return Map.of("Kong-Admin-Token", kongAdmin.credential());
    }
    return Map.of();
  }

  @JsonIgnore
  @ValidationMethod(message = "gateway.litellm and gateway.kongAdmin must have different paths")
  public boolean isApart() {
    return litellm.path() == null || !litellm.path().equals(kongAdmin.path());
  }
}
