package io.platformapi.service.wiring;

import io.platformapi.routes.gateway.Gateway;
import io.platformapi.routes.gateway.flagsmith.FlagsmithClient;
import io.platformapi.routes.gateway.flagsmith.FlagsmithEnvironment;
import io.platformapi.routes.gateway.kong.KongAdmin;
import io.platformapi.routes.gateway.kong.KongRedis;
import io.platformapi.routes.gateway.litellm.LiteLlmAdmin;
import io.platformapi.routes.gateway.provider.ModelProvider;
import io.platformapi.routes.gateway.provider.ProviderClient;
import io.platformapi.service.PlatformConfiguration;
import io.platformapi.service.auth.Discovery;
import io.platformapi.service.config.AuthConfiguration;
import io.platformapi.service.config.GatewayConfiguration;
import io.platformapi.service.config.GatewayConfiguration.CountingRedis;
import io.platformapi.service.config.GatewayConfiguration.Upstream;
import io.platformapi.service.task.UpstreamCheck;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The questions that an operator's check asks what lies behind Kong. */
final class Upstreams {
  private Upstreams() {}

  static List<UpstreamCheck> checks(PlatformConfiguration configuration) {
    GatewayConfiguration gateway = configuration.gateway();
    List<UpstreamCheck> checks = new ArrayList<>();
    checks.add(check("litellm", gateway.litellm(), Upstreams::liteLlm));
    checks.add(logto(configuration.auth()));
    checks.add(check("flagsmith", gateway.flagsmith(), Upstreams::flagsmith));
    checks.add(check("kong-admin", gateway.kongAdmin(), (kong, path) -> kong(kong, path, gateway)));
    for (ModelProvider provider : ModelProvider.values()) {
      checks.add(
          check(
              provider.id(),
              gateway.providers().get(provider.id()),
              (kong, path) -> Map.of("models", new ProviderClient(kong, provider, path).models())));
    }
    return List.copyOf(checks);
  }

  /** Its readiness is told to anybody, so that our key is good is another question. */
  private static Map<String, Object> liteLlm(Gateway gateway, String path) {
    LiteLlmAdmin admin = new LiteLlmAdmin(gateway, path);
    boolean connected = admin.databaseConnected();
    return Map.of("database", connected, "models", admin.models());
  }

  private static UpstreamCheck logto(AuthConfiguration auth) {
    Discovery discovery = new Discovery(auth.issuer(), auth.gatewayPath());
    return new UpstreamCheck(
        "logto",
        true,
        gateway -> {
          discovery.read(gateway);
          return Map.of("issuer", auth.issuer());
        });
  }

  private static Map<String, Object> flagsmith(Gateway gateway, String path) {
    FlagsmithEnvironment environment = new FlagsmithClient(gateway, path).environment();
    Map<String, Object> about = new LinkedHashMap<>();
    about.put("environmentId", environment.id());
    about.put("projectId", environment.projectId());
    about.put("features", environment.features());
    return about;
  }

  private static Map<String, Object> kong(
      Gateway gateway, String path, GatewayConfiguration configuration) {
    CountingRedis redis = configuration.kongRedis();
    KongAdmin admin = new KongAdmin(gateway, path, new KongRedis(redis.host(), redis.port()));
    return Map.of("database", admin.databaseReachable());
  }

  private static UpstreamCheck check(String name, Upstream upstream, Question question) {
    return new UpstreamCheck(
        name, upstream.isCalled(), gateway -> question.ask(gateway, upstream.path()));
  }

  /** Asks an upstream by its path at Kong. */
  private interface Question {
    Map<String, Object> ask(Gateway gateway, String path);
  }
}
