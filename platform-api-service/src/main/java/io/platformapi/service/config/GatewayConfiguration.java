package io.platformapi.service.config;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDuration;
import io.dropwizard.validation.ValidationMethod;
import io.platformapi.routes.gateway.provider.ModelProvider;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The gateway that every outbound call goes through, and what we are to those behind it.
 *
 * @param url base URL of Kong
 * @param maxConcurrentCalls calls of one upstream that may be under way at once
 * @param maxWait how long a call waits for its turn among them
 * @param litellm LiteLLM's admin API
 * @param kongAdmin Kong's own Admin API
 * @param flagsmith Flagsmith's SDK API
 * @param providers providers of models by name, for tests of their keys
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
    @NotNull @Valid Upstream flagsmith,
    @NotNull Map<String, @NotNull @Valid Upstream> providers,
    @NotNull @Valid CountingRedis kongRedis) {
  private static final int MAX_CONCURRENT_CALLS = 32;
  private static final int REDIS_PORT = 6379;
  private static final Duration MAX_WAIT = Duration.milliseconds(500);

  public GatewayConfiguration {
    maxConcurrentCalls = maxConcurrentCalls == 0 ? MAX_CONCURRENT_CALLS : maxConcurrentCalls;
    maxWait = maxWait == null ? MAX_WAIT : maxWait;
    litellm = litellm == null ? new Upstream("/litellm", "") : litellm;
    kongAdmin = kongAdmin == null ? new Upstream("/kong-admin", "") : kongAdmin;
    flagsmith = flagsmith == null ? new Upstream("/flagsmith", "") : flagsmith;
    providers = withDefaults(providers);
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

    /** Whether it is the one of this name, as it stands in meters, and we have a credential. */
    boolean isCalledAs(String upstream) {
      return isCalled() && path.substring(1).equals(upstream);
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
    if (litellm.isCalledAs(upstream)) {
      return Map.of("Authorization", "Bearer " + litellm.credential());
    }
    if (kongAdmin.isCalledAs(upstream)) {
      return Map.of("Kong-Admin-Token", kongAdmin.credential());
    }
    if (flagsmith.isCalledAs(upstream)) {
      return Map.of("X-Environment-Key", flagsmith.credential());
    }
    for (ModelProvider provider : ModelProvider.values()) {
      Upstream configured = providers.get(provider.id());
      if (configured.isCalledAs(upstream)) {
        return provider.credential(configured.credential());
      }
    }
    return Map.of();
  }

  @JsonIgnore
  @ValidationMethod(
      message =
          "gateway.litellm, kongAdmin, flagsmith and each of providers must have different paths")
  public boolean isApart() {
    List<String> paths =
        Stream.concat(Stream.of(litellm, kongAdmin, flagsmith), providers.values().stream())
            .map(Upstream::path)
            .filter(Objects::nonNull)
            .toList();
    return Set.copyOf(paths).size() == paths.size();
  }

  @JsonIgnore
  @ValidationMethod(message = "gateway.providers can be openai, anthropic, google and groq")
  public boolean isOfKnownProviders() {
    return providers.keySet().stream().allMatch(name -> ModelProvider.named(name).isPresent());
  }

  /** A key for clients, which is no secret, is refused the environment document. */
  @JsonIgnore
  @ValidationMethod(
      message = "gateway.flagsmith.credential must be a server-side key, which begins with ser.")
  public boolean isOfServer() {
    return !flagsmith.isCalled() || flagsmith.credential().startsWith("ser.");
  }

  /** Every provider, with a path of its own where none is given. */
  private static Map<String, Upstream> withDefaults(Map<String, Upstream> given) {
    Map<String, Upstream> all = new TreeMap<>();
    for (ModelProvider provider : ModelProvider.values()) {
      all.put(provider.id(), new Upstream("/provider-" + provider.id(), ""));
    }
    if (given != null) {
      given.forEach(
          (name, upstream) -> {
            String path = upstream == null ? null : upstream.path();
            all.put(
                name,
                new Upstream(
                    path == null ? "/provider-" + name : path,
                    upstream == null ? "" : upstream.credential()));
          });
    }
    return Collections.unmodifiableMap(all);
  }
}
