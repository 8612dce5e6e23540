package io.platformapi.service;

import static io.platformapi.service.testing.ApiKeys.create;
import static io.platformapi.service.testing.ApiKeys.revoke;
import static io.platformapi.service.testing.ApiKeys.rotate;
import static io.platformapi.service.testing.ApiKeys.secret;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.TestDatabases;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** Who is let in by an API key, and to what. */
class ApiKeyAccessTest {
  private static final String SECOND_PEPPER = "second:YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWY=";
  private static PlatformUnderTest platform;
  private static PlatformClient acme;

  @BeforeAll
  static void start() throws Exception {
    platform = PlatformUnderTest.start();
    List.of("acme", "globex", "frozen").forEach(platform::createTenant);
    acme = platform.clientOf("acme");
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  @Test
  void aKeyActsForItsTenantAndForNoOther() {
    PlatformClient key = keyOf(acme, "quotas:read apikeys:read");
    key.get("/v1/quotas").mustBe(200);
    key.forTenant("acme").with("X-Platform-Id", "default").get("/v1/quotas").mustBe(200);
    refused(key.forTenant("globex").get("/v1/quotas"), 403, "forbidden");
    refused(key.forTenant("nobody").get("/v1/quotas"), 403, "forbidden");
    refused(key.with("X-Platform-Id", "other").get("/v1/quotas"), 403, "forbidden");
    key.get("/v1/api-keys?limit=200")
        .json()
        .get("items")
        .forEach(item -> assertThat(item.get("tenantId").asText()).isEqualTo("acme"));
  }

  @Test
  void aKeyIsToldWhoItIsAndHasNoSessionToEnd() {
    JsonNode made = create(acme, "quotas:read", "2090-01-01T00:00:00Z").mustBe(201).json();
    PlatformClient key = platform.client(secret(made));
    JsonNode me = key.get("/v1/auth/me").mustBe(200).json();
    assertThat(me.get("subject").asText()).isEqualTo("api_key:" + made.get("id").asText());
    assertThat(me.get("tenantId").asText()).isEqualTo("acme");
    assertThat(me.get("scopes")).hasToString("[\"quotas:read\"]");
    assertThat(me.get("expiresAt").asText()).isEqualTo("2090-01-01T00:00:00Z");
    refused(key.send("POST", "/v1/auth/logout", "application/json", "{}"), 403, "forbidden");
    key.get("/v1/quotas").mustBe(200);
  }

  @Test
  void aKeyMayDoWhatItsScopesSay() {
    PlatformClient key = keyOf(acme, "quotas:read");
    key.get("/v1/quotas/usage").mustBe(200);
    refused(key.put("/v1/quotas", "{\"items\":[]}"), 403, "forbidden");
    refused(key.get("/v1/api-keys"), 403, "forbidden");
    refused(key.get("/v1/tenants"), 403, "forbidden");
    refused(create(key, "quotas:read"), 403, "forbidden");
    PlatformClient writer = keyOf(acme, "quotas:write");
    writer.put("/v1/quotas", "{\"items\":[]}").mustBe(200);
    refused(writer.get("/v1/quotas"), 403, "forbidden");
  }

  @Test
  void whatAKeyChangesIsAuditedInItsName() {
    JsonNode maker = create(acme, "apikeys:write quotas:read").mustBe(201).json();
    JsonNode made = create(platform.client(secret(maker)), "quotas:read").mustBe(201).json();
    String actor = "api_key:" + maker.get("id").asText();
    assertThat(made.get("createdBy").asText()).isEqualTo(actor);
    assertThat(
            TestDatabases.single(
                adminDatabase(),
                "SELECT actor FROM audit_events WHERE target = 'api-key/"
                    + made.get("id").asText()
                    + "'"))
        .isEqualTo(actor);
  }

  @Test
  void aKeyMakesNoneThatOutlivesIt() {
    String end = "2090-01-01T00:00:00Z";
    JsonNode maker = create(acme, "apikeys:write quotas:read", end).mustBe(201).json();
    PlatformClient key = platform.client(secret(maker));
    refused(create(key, "quotas:read"), 422, "validation_failed");
    refused(create(key, "quotas:read", "2090-01-01T00:00:01Z"), 422, "validation_failed");
    JsonNode made = create(key, "quotas:read", end).mustBe(201).json();
    refused(create(key, "apikeys:read", end), 403, "forbidden");
    rotate(key, made, 0).mustBe(201);
    rotate(key, maker, 60).mustBe(201);
    // In its overlap it makes only what ends with it.
    refused(create(key, "quotas:read", end), 422, "validation_failed");
  }

  @Test
  void aRevokedKeyStopsAtOnce() {
    JsonNode made = create(acme, "quotas:read").mustBe(201).json();
    PlatformClient key = platform.client(secret(made));
    key.get("/v1/quotas").mustBe(200);
    revoke(acme, made).mustBe(204);
    unauthenticated(key.get("/v1/quotas"));
  }

  @Test
  void aKeyThatEndsWhileItMakesAnotherIsRefusedAndThatIsAudited() {
    JsonNode maker = create(acme, "apikeys:write quotas:read").mustBe(201).json();
    PlatformClient key = platform.client(secret(maker));
    create(key, "quotas:read").mustBe(201);
    // As if it had been revoked after it was let in: nobody tells this node.
    TestDatabases.execute(
        adminDatabase(),
        "UPDATE api_keys SET revoked_at = now() WHERE id = '" + maker.get("id").asText() + "'");
    Answer answer = create(key, "quotas:read");
    unauthenticated(answer);
    assertThat(
            TestDatabases.single(
                adminDatabase(),
                "SELECT actor || ' ' || (details ->> 'reason') FROM audit_events"
                    + " WHERE action = 'access.refused' AND request_id = '"
                    + answer.header("X-Request-Id")
                    + "'"))
        .isEqualTo("api_key:" + maker.get("id").asText() + " invalid_credential");
  }

  @Test
  void aKeyThatRevokesItselfIsOut() {
    JsonNode made = create(acme, "apikeys:write").mustBe(201).json();
    PlatformClient key = platform.client(secret(made));
    revoke(key, made).mustBe(204);
    unauthenticated(revoke(key, made));
  }

  @Test
  void anExpiredKeyIsOut() {
    String end = Instant.now().plusMillis(1500).toString();
    PlatformClient key = platform.client(secret(create(acme, "quotas:read", end).json()));
    key.get("/v1/quotas").mustBe(200);
    await("the end of the key")
        .atMost(Duration.ofSeconds(10))
        .until(() -> key.get("/v1/quotas").status() == 401);
    unauthenticated(key.get("/v1/quotas"));
  }

  @Test
  void aRotatedKeyWorksUntilTheOverlapEndsAndTheNewOneOn() {
    JsonNode first = create(acme, "quotas:read").mustBe(201).json();
    PlatformClient old = platform.client(secret(first));
    old.get("/v1/quotas").mustBe(200);
    JsonNode second = rotate(acme, first, 2).mustBe(201).json();
    PlatformClient current = platform.client(secret(second));
    old.get("/v1/quotas").mustBe(200);
    current.get("/v1/quotas").mustBe(200);
    await("the end of the overlap")
        .atMost(Duration.ofSeconds(10))
        .until(() -> old.get("/v1/quotas").status() == 401);
    current.get("/v1/quotas").mustBe(200);
    rotate(acme, second, 0).mustBe(201);
    unauthenticated(current.get("/v1/quotas"));
  }

  @Test
  void aSuspendedTenantsKeyGetsNothing() {
    PlatformClient key = keyOf(platform.clientOf("frozen"), "quotas:read");
    key.get("/v1/quotas").mustBe(200);
    TestDatabases.execute(
        adminDatabase(), "UPDATE tenants SET state = 'suspended' WHERE id = 'frozen'");
    await("the suspension to be known")
        .atMost(Duration.ofSeconds(30))
        .until(() -> key.get("/v1/quotas").status() == 403);
    refused(key.get("/v1/quotas"), 403, "tenant_suspended");
  }

  @Test
  void aPepperIsExchangedWithoutANewKey() throws Exception {
    JsonNode made = create(acme.with("Idempotency-Key", "pepper"), "quotas:read").json();
    PlatformSettings both =
        platform
            .settings()
            .with("API_KEY_PEPPERS", SECOND_PEPPER + "," + PlatformSettings.API_KEY_PEPPER);
    try (PlatformUnderTest node = PlatformUnderTest.start(both)) {
      node.client(secret(made)).get("/v1/quotas").mustBe(200);
      await("the new hash")
          .atMost(Duration.ofSeconds(10))
          .until(() -> "second".equals(pepperOf(made)));
      node.client(secret(made)).get("/v1/quotas").mustBe(200);
      assertThat(
              create(node.clientOf("acme").with("Idempotency-Key", "pepper"), "quotas:read").body())
          .contains(secret(made));
    }
    try (PlatformUnderTest node =
        PlatformUnderTest.start(both.with("API_KEY_PEPPERS", SECOND_PEPPER))) {
      node.client(secret(made)).get("/v1/quotas").mustBe(200);
      PlatformClient repeated = node.clientOf("acme").with("Idempotency-Key", "pepper");
      refused(create(repeated, "quotas:read"), 409, "conflict");
    }
    assertThat(pepperOf(create(acme, "quotas:read").json())).isEqualTo("first");
  }

  @Test
  void theKeyIsNowhereInClear() throws Exception {
    List<ILoggingEvent> logged;
    List<String> secrets = new ArrayList<>();
    try (LogRecorder recorder = new LogRecorder()) {
      JsonNode made =
          create(acme.with("Idempotency-Key", "clear-1"), "quotas:read apikeys:write").json();
      PlatformClient key = platform.client(secret(made));
      key.get("/v1/quotas").mustBe(200);
      JsonNode next = rotate(acme.with("Idempotency-Key", "clear-2"), made, 60).mustBe(201).json();
      unauthenticated(platform.client(secret(made) + "x").get("/v1/quotas"));
      unauthenticated(platform.client(checksummed(secret(made), 'A')).get("/v1/quotas"));
      revoke(acme, made).mustBe(204);
      unauthenticated(key.get("/v1/quotas"));
      secrets.add(secret(made).split("_")[2]);
      secrets.add(secret(next).split("_")[2]);
      logged = recorder.events();
    }
    assertThat(logged).anyMatch(event -> event.getFormattedMessage().contains("is revoked"));
    String everything =
        everyRow() + String.join("\n", logged.stream().map(ApiKeyAccessTest::text).toList());
    assertThat(everything).contains("clear-1", "clear-2", "apikey.rotated");
    for (String secret : secrets) {
      assertThat(everything.contains(secret)).as("a secret in clear").isFalse();
    }
  }

  static Stream<String> forgeries() {
    return Stream.of(
        "typing error in the secret",
        "typing error in the prefix",
        "wrong checksum",
        "no checksum",
        "truncated",
        "one character more",
        "unknown prefix",
        "other secret with a right checksum",
        "secret of another key",
        "other case",
        "upper case start",
        "other start",
        "start alone",
        "separators alone",
        "not of the alphabet",
        "not ASCII",
        "oversize",
        "spaces within",
        "two keys",
        "a token within");
  }

  @ParameterizedTest
  @MethodSource("forgeries")
  void aForgedKeyIsUnauthenticatedAndNothingElse(String kind) {
    String valid = secret(create(acme, "quotas:read").mustBe(201).json());
    platform.client(valid).get("/v1/quotas").mustBe(200);
    Answer answer = platform.client(forge(kind, valid)).get("/v1/quotas");
    unauthenticated(answer);
  }

  @Test
  void aKeyIsNoIngestTokenAndIsReadFromOneHeaderOnly() {
    PlatformClient key = keyOf(acme, "quotas:read");
    refused(
        key.post("/v1/ingest/litellm", "[]".getBytes(StandardCharsets.UTF_8)),
        401,
        "unauthenticated");
    String valid = secret(create(acme, "quotas:read").json());
    PlatformClient anybody = platform.anybody();
    refused(anybody.with("X-Api-Key", valid).get("/v1/quotas"), 401, "unauthenticated");
    refused(anybody.with("Authorization", valid).get("/v1/quotas"), 401, "unauthenticated");
    refused(anybody.get("/v1/quotas?access_token=" + valid), 401, "unauthenticated");
    anybody.with("Authorization", "bearer  " + valid).get("/v1/quotas").mustBe(200);
  }

  private static String forge(String kind, String valid) {
    String[] parts = valid.split("_");
    return switch (kind) {
      case "typing error in the secret" -> swapped(valid, 30);
      case "typing error in the prefix" -> swapped(valid, 8);
      case "wrong checksum" -> swapped(valid, valid.length() - 1);
      case "no checksum" -> valid.substring(0, valid.lastIndexOf('_'));
      case "truncated" -> valid.substring(0, valid.length() - 1);
      case "one character more" -> valid + "0";
      case "unknown prefix" -> sealed("pak_" + "0".repeat(12) + "_" + parts[2]);
      case "other secret with a right checksum" -> checksummed(valid, '0');
      case "secret of another key" -> {
        String other = secret(create(acme, "quotas:read").mustBe(201).json());
        yield sealed("pak_" + parts[1] + "_" + other.split("_")[2]);
      }
      case "other case" -> "pak_" + valid.substring(4).toUpperCase(Locale.ROOT);
      case "upper case start" -> "PAK_" + valid.substring(4);
      case "other start" -> "sk_" + valid.substring(4);
      case "start alone" -> "pak_";
      case "separators alone" -> "pak___";
      case "not of the alphabet" -> sealed("pak_" + parts[1] + "_" + "-".repeat(43));
      case "not ASCII" -> "pak_" + "\u00e9".repeat(valid.length() - 4);
      case "oversize" -> valid + "A".repeat(9_000);
      case "spaces within" -> valid.replaceFirst("_", "_ ");
      case "two keys" -> valid + " " + valid;
      case "a token within" -> "pak_" + platform.token();
      default -> throw new IllegalArgumentException(kind);
    };
  }

  /** The same key with another first character of the secret, and the checksum that fits. */
  private static String checksummed(String valid, char filler) {
    String[] parts = valid.split("_");
    char first = parts[2].charAt(10) == filler ? 'B' : filler;
    return sealed(
        "pak_" + parts[1] + "_" + parts[2].substring(0, 10) + first + parts[2].substring(11));
  }

  private static String swapped(String text, int index) {
    char other = text.charAt(index) == 'a' ? 'b' : 'a';
    return text.substring(0, index) + other + text.substring(index + 1);
  }

  private static String sealed(String content) {
    CRC32 crc = new CRC32();
    crc.update(content.getBytes(StandardCharsets.US_ASCII));
    String alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    StringBuilder digits = new StringBuilder();
    long rest = crc.getValue();
    for (int i = 0; i < 6; i++) {
      digits.insert(0, alphabet.charAt((int) (rest % 62)));
      rest /= 62;
    }
    return content + "_" + digits;
  }

  private static PlatformClient keyOf(PlatformClient maker, String scopes) {
    return platform.client(secret(create(maker, scopes).mustBe(201).json()));
  }

  private static String pepperOf(JsonNode key) {
    return TestDatabases.single(
        adminDatabase(),
        "SELECT pepper_id FROM api_keys WHERE id = '" + key.get("id").asText() + "'");
  }

  /** Every row of every table of the admin database, as text. */
  private static String everyRow() throws SQLException {
    StringBuilder all = new StringBuilder();
    try (Connection connection = TestDatabases.connect(adminDatabase());
        var statement = connection.createStatement()) {
      List<String> tables = new ArrayList<>();
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")) {
        while (rows.next()) {
          tables.add(rows.getString(1));
        }
      }
      assertThat(tables).contains("api_keys", "audit_events", "outbox", "idempotency_keys");
      for (String table : tables) {
        try (ResultSet rows = statement.executeQuery("SELECT t::text FROM " + table + " t")) {
          while (rows.next()) {
            all.append(rows.getString(1)).append('\n');
          }
        }
      }
    }
    return all.toString();
  }

  private static String adminDatabase() {
    return platform.settings().adminDatabaseUrl().replaceAll(".*/([^?]*).*", "$1");
  }

  private static String text(ILoggingEvent event) {
    return event.getFormattedMessage() + " " + event.getMDCPropertyMap();
  }

  private static void unauthenticated(Answer answer) {
    refused(answer, 401, "unauthenticated");
    assertThat(answer.json().at("/error/message").asText())
        .isEqualTo("a valid bearer token is needed");
    assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer error=\"invalid_token\"");
  }

  private static void refused(Answer answer, int status, String code) {
    answer.mustBe(status);
    assertThat(answer.errorCode()).isEqualTo(code);
  }

  /** Hears all that the service and its SQL log, however little of it is printed. */
  private static final class LogRecorder implements AutoCloseable {
    private static final List<String> LOGGERS =
        List.of("io.platformapi", "org.hibernate.SQL", "org.hibernate.orm.jdbc", "org.postgresql");

    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
    private final List<Level> levels = new ArrayList<>();

    LogRecorder() {
      appender.list = Collections.synchronizedList(new ArrayList<>());
      appender.start();
      for (String name : LOGGERS) {
        levels.add(logger(name).getLevel());
        logger(name).setLevel(Level.TRACE);
        logger(name).setAdditive(false);
        logger(name).addAppender(appender);
      }
    }

    List<ILoggingEvent> events() {
      synchronized (appender.list) {
        return List.copyOf(appender.list);
      }
    }

    @Override
    public void close() {
      for (int i = 0; i < LOGGERS.size(); i++) {
        logger(LOGGERS.get(i)).detachAppender(appender);
        logger(LOGGERS.get(i)).setAdditive(true);
        logger(LOGGERS.get(i)).setLevel(levels.get(i));
      }
    }

    private static Logger logger(String name) {
      return (Logger) LoggerFactory.getLogger(name);
    }
  }
}
