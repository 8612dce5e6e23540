package io.platformapi.routes.gateway.kong;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.platformapi.routes.gateway.Gateway;
import io.platformapi.routes.gateway.GatewayRequest;
import io.platformapi.routes.gateway.UpstreamClient;
import io.platformapi.routes.gateway.UpstreamException;
import io.platformapi.routes.gateway.UpstreamException.Kind;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;

/**
 * Kong's Admin API as far as its status and the rate-limiting plugin of a consumer go (schema of
 * Kong 3.9.3). Every method throws {@link UpstreamException}: READ_ONLY from a Kong that runs from
 * a file, NOT_FOUND for a consumer that it does not know.
 */
public final class KongAdmin {
  private static final String PLUGIN = "rate-limiting";
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  // A consumer has a handful of plugins; whoever pages without end is no Kong.
  private static final int MAX_PAGES = 50;
  private static final BigDecimal SYNCHRONOUS = BigDecimal.ONE.negate();

  private final UpstreamClient client;
  private final KongRedis redis;
  private final ObjectMapper json =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  /**
   * @param path the Admin API's path at Kong
   * @param redis where Kong's nodes count together
   */
  public KongAdmin(Gateway gateway, String path, KongRedis redis) {
    this(new UpstreamClient(gateway, path), redis);
  }

  private KongAdmin(UpstreamClient client, KongRedis redis) {
    this.client = client;
    this.redis = redis;
  }

  /** The same, whose calls all carry this X-Request-Id. */
  public KongAdmin onBehalfOf(String requestId) {
    return new KongAdmin(client.onBehalfOf(requestId), redis);
  }

  /**
   * The plugin that limits all that a consumer does; those of one of its routes or services are not
   * meant.
   *
   * @param consumer its id or username
   */
  public Optional<KongRateLimiting> rateLimiting(String consumer) {
    String offset = null;
    for (int page = 0; page < MAX_PAGES; page++) {
      String query = offset == null ? "" : "&offset=" + UpstreamClient.encoded(offset);
      GatewayRequest request = client.get(plugins(consumer) + "?size=100" + query);
      JsonNode answer = read(request);
      for (JsonNode plugin : answer.path("data")) {
        if (plugin.path("name").asText().equals(PLUGIN)
            && !plugin.hasNonNull("route")
            && !plugin.hasNonNull("service")) {
          return Optional.of(plugin(request, plugin));
        }
      }
      offset = answer.path("offset").textValue();
      if (offset == null) {
        return Optional.empty();
      }
    }
    throw new UpstreamException(Kind.FAILED, "the plugins of a consumer have no end");
  }

  /** Limits a consumer that has no such plugin; CONFLICT when it has got one meanwhile. */
  public KongRateLimiting create(String consumer, RateLimits limits) {
    if (limits.isNone()) {
      throw new IllegalArgumentException("the plugin needs a limit");
    }
    ObjectNode body = json.createObjectNode().put("name", PLUGIN);
    counting(limits(body.putObject("config"), limits));
    GatewayRequest request = client.post(plugins(consumer), bytes(body));
    return plugin(request, read(request));
  }

  /**
   * Gives a plugin other limits, all of them; without any it is switched off. Where it counts is
   * corrected, its other settings stay.
   */
  public KongRateLimiting update(KongRateLimiting plugin, RateLimits limits) {
    ObjectNode body = json.createObjectNode().put("enabled", !limits.isNone());
    if (!limits.isNone()) {
      ObjectNode config = limits(body.putObject("config"), limits);
      if (!plugin.countsRight()) {
        counting(config);
      }
    }
    GatewayRequest request =
        client.patch("/plugins/" + UpstreamClient.encoded(plugin.id()), bytes(body));
    return plugin(request, read(request));
  }

  /**
   * Sees to it that a consumer has these limits and no others.
   *
   * @return whether anything had to be changed
   */
  public boolean ensure(String consumer, RateLimits limits) {
    Optional<KongRateLimiting> present = rateLimiting(consumer);
    if (present.isPresent()) {
      return ensure(present.get(), limits);
    }
    if (limits.isNone()) {
      return false;
    }
    try {
      create(consumer, limits);
      return true;
    } catch (UpstreamException e) {
      // Another node was faster.
      Optional<KongRateLimiting> other =
          e.kind() == Kind.CONFLICT ? rateLimiting(consumer) : Optional.empty();
      return ensure(other.orElseThrow(() -> e), limits);
    }
  }

  /** Whether Kong, which is up if it answers, reaches where its configuration lies. */
  public boolean databaseReachable() {
    GatewayRequest request = client.get("/status");
    JsonNode reachable = read(request).at("/database/reachable");
    if (!reachable.isBoolean()) {
      throw UpstreamException.somethingElse(request);
    }
    return reachable.booleanValue();
  }

  private boolean ensure(KongRateLimiting present, RateLimits limits) {
    boolean same =
        limits.isNone()
            ? !present.enabled()
            : present.enabled() && present.countsRight() && present.limits().equals(limits);
    if (!same) {
      update(present, limits);
    }
    return !same;
  }

  private static String plugins(String consumer) {
    return "/consumers/" + UpstreamClient.encoded(consumer) + "/plugins";
  }

  /** Every unit, also those without a limit: null takes one away. */
  private static ObjectNode limits(ObjectNode config, RateLimits limits) {
    return config
        .put("second", limits.second())
        .put("minute", limits.minute())
        .put("hour", limits.hour())
        .put("day", limits.day())
        .put("month", limits.month())
        .put("year", limits.year());
  }

  /**
   * All nodes count together and at once. With a sync_rate above 0 Kong writes expiry times that
   * never come (Kong/kong#14995).
   */
  private void counting(ObjectNode config) {
    config.put("limit_by", "consumer").put("policy", "redis").put("sync_rate", -1);
    config.putObject("redis").put("host", redis.host()).put("port", redis.port());
  }

  private static KongRateLimiting plugin(GatewayRequest request, JsonNode plugin) {
    JsonNode config = plugin.path("config");
    try {
      return new KongRateLimiting(
          text(plugin, "id"),
          plugin.path("enabled").asBoolean(),
          new RateLimits(
              limit(config, "second"),
              limit(config, "minute"),
              limit(config, "hour"),
              limit(config, "day"),
              limit(config, "month"),
              limit(config, "year")),
          text(config, "policy"),
          config.path("sync_rate").isNumber()
              && config.get("sync_rate").decimalValue().compareTo(SYNCHRONOUS) == 0,
          text(config, "limit_by"));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw UpstreamException.somethingElse(request);
    }
  }

  private static String text(JsonNode object, String name) {
    if (!object.path(name).isTextual()) {
      throw new IllegalArgumentException(name + " is no text");
    }
    return object.get(name).textValue();
  }

  private static Long limit(JsonNode config, String unit) {
    JsonNode value = config.path(unit);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isNumber() || value.isDouble()) {
      throw new IllegalArgumentException(unit + " is no number");
    }
    return value.decimalValue().longValueExact();
  }

  private JsonNode read(GatewayRequest request) {
    byte[] body = client.send(request.within(TIMEOUT));
    try {
      JsonNode answer = json.readTree(body);
      if (answer != null && answer.isObject()) {
        return answer;
      }
    } catch (IOException e) {
      // What Jackson says may quote the answer.
    }
    throw UpstreamException.somethingElse(request);
  }

  private byte[] bytes(ObjectNode body) {
    try {
      return json.writeValueAsBytes(body);
    } catch (JacksonException e) {
      throw new IllegalStateException("a tree that is no JSON", e);
    }
  }
}
