package io.platformapi.service.local;

import io.platformapi.service.auth.Permission;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that the service depends on, real and in this process tree: PostgreSQL, Redis, Kafka,
 * an OIDC issuer with Logto's token shapes, and WireMock in Kong's place.
 */
public final class LocalPlatform implements AutoCloseable {
  public static final String INGEST_TOKEN = "ingest-token";

  /** Where the demo's sign-in leads back to; nobody listens there. */
  static final String REDIRECT_URI = "http://localhost:3000/callback";

  static final String APP_ID = "demo-console";
  static final String APP_SECRET = "demo-console-secret";
  static final String CLIENT_ID = "demo";
  static final String CLIENT_SECRET = "demo-secret";
  static final String FLAGSMITH_KEY = "ser.local";
  static final String OPENAI_KEY = "local";
  static final Set<String> SCOPES =
      Set.of(
          Permission.TENANTS_READ.scope(),
          Permission.TENANTS_WRITE.scope(),
          Permission.QUOTAS_READ.scope(),
          Permission.QUOTAS_WRITE.scope(),
          Permission.API_KEYS_READ.scope(),
          Permission.API_KEYS_WRITE.scope(),
          Permission.DELEGATION);

  private static final Logger log = LoggerFactory.getLogger(LocalPlatform.class);
  private static final int PARTITIONS = 4;
  private static final int PEPPER_BYTES = 32;
  private static final int PORT = 8082;
  private static final int ADMIN_PORT = 8083;

  private final Deque<AutoCloseable> servers = new ArrayDeque<>();
  private final Map<String, String> variables = new HashMap<>();
  private LocalIssuer issuer;

  private LocalPlatform() {}

  /**
   * Starts all servers, telling each on the console. What has started is stopped again when one
   * fails.
   */
  public static LocalPlatform start(Console console) throws Exception {
    LocalPlatform platform = new LocalPlatform();
    try {
      platform.startServers(console);
      return platform;
    } catch (Exception e) {
      platform.close();
      throw e;
    }
  }

  /** Names and values of the environment that config.yml reads, fitting these servers. */
  public Map<String, String> variables() {
    return Map.copyOf(variables);
  }

  public LocalIssuer issuer() {
    return issuer;
  }

  public String kongUrl() {
    return variables.get("KONG_URL");
  }

  public int port() {
    return Integer.parseInt(variables.get("PLATFORM_PORT"));
  }

  public int adminPort() {
    return Integer.parseInt(variables.get("PLATFORM_ADMIN_PORT"));
  }

  /** Stops the servers, last started first. Safe to call again. */
  @Override
  public synchronized void close() {
    while (!servers.isEmpty()) {
      AutoCloseable server = servers.pop();
      try {
        server.close();
      } catch (Exception e) {
        log.warn("{} did not stop: {}", server.getClass().getSimpleName(), e.toString());
      }
    }
  }

  private void startServers(Console console) throws Exception {
    LocalPostgres postgres = console.step("PostgreSQL", () -> opened(LocalPostgres.start()));
    LocalRedis redis = console.step("Redis", () -> opened(LocalRedis.start()));
    LocalKafka kafka = console.step("Kafka", () -> opened(LocalKafka.start()));
    issuer =
        console.step("OIDC issuer (Logto's shapes)", () -> opened(LocalIssuer.start(0, clients())));
    issuer.sessions().put(app());
    LocalKong kong = console.step("WireMock as Kong", () -> opened(LocalKong.start(0)));
    kong.routeLogto(URI.create("http://127.0.0.1:" + issuer.port()));
    kong.playFlagsmith(FLAGSMITH_KEY);
    kong.playOpenAi(OPENAI_KEY);
    console.step("Kafka topics and the admin database", () -> prepare(postgres, kafka));
    describe(postgres, redis, kafka, kong);
  }

  private static LocalClients clients() {
    LocalClients clients = new LocalClients();
    clients.put(
        new LocalClients.Client(
            CLIENT_ID, CLIENT_SECRET, Set.of("org_acme", "org_globex", "org_initech"), SCOPES));
    return clients;
  }

  private static LocalApp app() {
    return new LocalApp(
        APP_ID,
        APP_SECRET,
        Set.of(REDIRECT_URI),
        "demo-user",
        Set.of("org_acme", "org_globex", "org_initech"),
        SCOPES);
  }

  private static Void prepare(LocalPostgres postgres, LocalKafka kafka) throws Exception {
    kafka.createTopics(
        PARTITIONS,
        "litellm.events",
        "litellm.events.retry",
        "litellm.events.dead",
        "platform.events");
    postgres.createDatabase("platform_admin");
    return null;
  }

  private void describe(LocalPostgres postgres, LocalRedis redis, LocalKafka kafka, LocalKong kong)
      throws IOException {
    variables.put("PLATFORM_PORT", String.valueOf(LocalPorts.orFree(PORT)));
    variables.put("PLATFORM_ADMIN_PORT", String.valueOf(LocalPorts.orFree(ADMIN_PORT)));
    variables.put("PLATFORM_BIND_HOST", "127.0.0.1");
    variables.put("ADMIN_DB_URL", postgres.jdbcUrl("platform_admin"));
    variables.put("ADMIN_DB_USER", LocalPostgres.USER);
    variables.put("TENANT_DB_URL", postgres.jdbcUrl("postgres"));
    variables.put("TENANT_DB_USER", LocalPostgres.USER);
    variables.put("KAFKA_BROKERS", kafka.brokers());
    variables.put("REDIS_HOST", "localhost");
    variables.put("REDIS_PORT", String.valueOf(redis.port()));
    variables.put("KONG_URL", kong.url().toString());
    variables.put("LOGTO_ISSUER", issuer.issuer());
    variables.put("API_RESOURCE", LocalIssuer.RESOURCE);
    variables.put("FLAGSMITH_ENVIRONMENT_KEY", FLAGSMITH_KEY);
    variables.put("OPENAI_API_KEY", OPENAI_KEY);
    variables.put("INGEST_TOKENS", INGEST_TOKEN);
    variables.put("API_KEY_PEPPERS", pepper());
    variables.put("LOGTO_CLIENT_ID", APP_ID);
    variables.put("LOGTO_CLIENT_SECRET", APP_SECRET);
    variables.put("SIGN_IN_REDIRECT_URIS", REDIRECT_URI);
    variables.put("SIGN_OUT_REDIRECT_URIS", REDIRECT_URI);
    variables.put("LOG_LEVEL", System.getenv().getOrDefault("LOG_LEVEL", "WARN"));
    variables.put(
        "LOG_LEVEL_LIBRARIES", System.getenv().getOrDefault("LOG_LEVEL_LIBRARIES", "ERROR"));
  }

  /** The databases go when the servers stop, so nothing needs it a second time. */
  private static String pepper() {
    byte[] secret = new byte[PEPPER_BYTES];
    new SecureRandom().nextBytes(secret);
    return "local:" + Base64.getEncoder().encodeToString(secret);
  }

  private synchronized <T extends AutoCloseable> T opened(T server) {
    servers.push(server);
    return server;
  }
}
