package io.platformapi.service.testing;

import io.platformapi.service.local.LocalIssuer;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Environment of one platform under test: the shared real servers, an admin database and topics of
 * its own, free ports.
 *
 * @param variables names and values as config.yml reads them
 */
public record PlatformSettings(Map<String, String> variables) {
  public static final String INGEST_TOKEN = "ingest-token";
  public static final String API_KEY_PEPPER = "first:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

  /** Of each topic. */
  public static final int PARTITIONS = 4;

  /** A new, empty platform: creates its admin database and topics. */
  public static PlatformSettings create() {
    String id = UUID.randomUUID().toString().substring(0, 8);
    String adminDatabase = "admin_" + id;
    createDatabase(adminDatabase);
    Map<String, String> variables = new HashMap<>();
    variables.put("PLATFORM_PORT", "0");
    variables.put("PLATFORM_ADMIN_PORT", "0");
    variables.put("PLATFORM_BIND_HOST", "127.0.0.1");
    variables.put("LOG_LEVEL", "WARN");
    variables.put("LOG_LEVEL_LIBRARIES", "ERROR");
    variables.put("ADMIN_DB_URL", RealServers.postgres().jdbcUrl(adminDatabase));
    variables.put("ADMIN_DB_USER", "postgres");
    variables.put("TENANT_DB_URL", RealServers.postgres().jdbcUrl("postgres"));
    variables.put("TENANT_DB_USER", "postgres");
    variables.put("KAFKA_BROKERS", RealServers.kafka().brokers());
    variables.put("KAFKA_USAGE_TOPIC", "usage-" + id);
    variables.put("KAFKA_RETRY_TOPIC", "retry-" + id);
    variables.put("KAFKA_DEAD_TOPIC", "dead-" + id);
    variables.put("KAFKA_PLATFORM_TOPIC", "platform-" + id);
    variables.put("KAFKA_GROUP", "platform-" + id);
    variables.put("REDIS_PORT", String.valueOf(RealServers.redis().port()));
    variables.put("KONG_URL", RealServers.kong().url().toString());
    variables.put("LOGTO_ISSUER", RealServers.issuer().issuer());
    variables.put("API_RESOURCE", LocalIssuer.RESOURCE);
    variables.put("INGEST_TOKENS", INGEST_TOKEN);
    variables.put("API_KEY_PEPPERS", API_KEY_PEPPER);
    variables.put("API_KEY_LAST_USED_INTERVAL", "100ms");
    variables.put("LOGTO_CLIENT_ID", RealServers.APP.id());
    variables.put("LOGTO_CLIENT_SECRET", RealServers.APP.secret());
    variables.put("SIGN_IN_REDIRECT_URIS", String.join(",", RealServers.APP.redirectUris()));
    variables.put("SIGN_OUT_REDIRECT_URIS", "https://console.example/bye");
    variables.put("OUTBOX_INTERVAL", "100ms");
    PlatformSettings settings = new PlatformSettings(Map.copyOf(variables));
    RealServers.kafka()
        .createTopics(
            PARTITIONS,
            settings.usageTopic(),
            settings.retryTopic(),
            settings.deadTopic(),
            settings.platformTopic());
    return settings;
  }

  /** The same platform with one variable changed. */
  public PlatformSettings with(String name, String value) {
    Map<String, String> changed = new HashMap<>(variables);
    changed.put(name, value);
    return new PlatformSettings(Map.copyOf(changed));
  }

  public String usageTopic() {
    return variables.get("KAFKA_USAGE_TOPIC");
  }

  public String retryTopic() {
    return variables.get("KAFKA_RETRY_TOPIC");
  }

  public String deadTopic() {
    return variables.get("KAFKA_DEAD_TOPIC");
  }

  public String platformTopic() {
    return variables.get("KAFKA_PLATFORM_TOPIC");
  }

  public String adminDatabaseUrl() {
    return variables.get("ADMIN_DB_URL");
  }

  private static void createDatabase(String name) {
    try {
      RealServers.postgres().createDatabase(name);
    } catch (SQLException e) {
      throw new IllegalStateException("cannot create " + name, e);
    }
  }
}
