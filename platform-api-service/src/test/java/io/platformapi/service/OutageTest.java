package io.platformapi.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.platformapi.service.local.LocalKafka;
import io.platformapi.service.local.LocalPorts;
import io.platformapi.service.testing.Amounts;
import io.platformapi.service.testing.DeadLetters;
import io.platformapi.service.testing.GatewayPost;
import io.platformapi.service.testing.GeneratedTraffic;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.RealServers;
import io.platformapi.service.testing.TcpProxy;
import io.platformapi.service.testing.TopicWriter;
import io.platformapi.service.usage.LedgerChecks;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The whole service while real servers go away and come back: what was sent is in the ledgers
 * afterwards, once.
 */
class OutageTest {
  private static final List<String> TENANTS = List.of("acme", "globex", "initech");
  private static final Duration RECOVERY = Duration.ofSeconds(60);

  private static final ExecutorService WAITING = Executors.newCachedThreadPool();

  // What all tests together have sent, since they share the platform.
  private static final Map<String, Amounts> SENT = new TreeMap<>();

  private static TcpProxy postgres;
  private static TcpProxy kafkaLine;
  private static TcpProxy redis;
  private static LocalKafka kafka;
  private static PlatformSettings settings;
  private static PlatformUnderTest platform;
  private static PlatformClient client;

  @BeforeAll
  static void start() throws Exception {
    postgres = new TcpProxy(RealServers.postgres().port());
    redis = new TcpProxy(RealServers.redis().port());
    int brokerPort = LocalPorts.free();
    kafkaLine = new TcpProxy(brokerPort);
    kafka = LocalKafka.start(brokerPort, kafkaLine.port());
    settings = PlatformSettings.create();
    settings =
        settings
            .with("ADMIN_DB_URL", throughProxy(settings.adminDatabaseUrl()))
            .with("TENANT_DB_URL", throughProxy(RealServers.postgres().jdbcUrl("postgres")))
            .with("REDIS_HOST", "127.0.0.1")
            .with("REDIS_PORT", String.valueOf(redis.port()))
            .with("KAFKA_BROKERS", kafka.brokers())
            .with("KAFKA_RETRY_DELAY", "500ms");
    kafka.createTopics(
        4,
        settings.usageTopic(),
        settings.retryTopic(),
        settings.deadTopic(),
        settings.platformTopic());
    platform = PlatformUnderTest.start(settings);
    client = platform.client();
    TENANTS.forEach(platform::createTenant);
    TENANTS.forEach(tenant -> SENT.put(tenant, Amounts.NONE));
  }

  @AfterEach
  void nothingIsLostNothingIsDoubled() throws SQLException {
    await("everything that was sent to be in the ledgers")
        .atMost(RECOVERY)
        .untilAsserted(() -> assertThat(usage(TENANTS)).isEqualTo(SENT));
    assertThat(LedgerChecks.findings(settings)).isEmpty();
  }

  @AfterAll
  static void stop() throws Exception {
    WAITING.shutdownNow();
    platform.close();
    kafka.close();
    List.of(postgres, kafkaLine, redis).forEach(TcpProxy::close);
  }

  @Test
  void oneTenantsDatabaseDownHoldsUpNoOther() throws Exception {
    String database = databaseOf("globex");
    try (DeadLetters retries = new DeadLetters(kafka.brokers(), settings.retryTopic())) {
      inPostgres(
          "ALTER DATABASE " + database + " ALLOW_CONNECTIONS false",
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
              + database
              + "'");
      try {
        List<GeneratedTraffic.Event> events = traffic(1, 1500);
        send(events);
        await("the other tenants' ledgers")
            .atMost(Duration.ofSeconds(15))
            .untilAsserted(
                () ->
                    assertThat(usage(List.of("acme", "initech")))
                        .isEqualTo(sent("acme", "initech")));
        Answer refused = client.forTenant("globex").get("/v1/quotas/usage").mustBe(503);
        assertThat(refused.errorCode()).isEqualTo("unavailable");
        assertThat(refused.header("Retry-After")).isNotNull();
        client.get("/health/ready").mustBe(200);
        Set<String> down = texts(events, "globex");
        Set<String> others = texts(events, "acme", "initech");
        await("the tenant's events in the retry topic")
            .atMost(Duration.ofSeconds(15))
            .until(() -> values(retries).containsAll(down));
        assertThat(values(retries)).doesNotContainAnyElementsOf(others);
      } finally {
        inPostgres("ALTER DATABASE " + database + " ALLOW_CONNECTIONS true");
      }
    }
  }

  @Test
  void withoutPostgresEverythingWaitsAndGoesOnByItself() throws Exception {
    List<GeneratedTraffic.Event> events = traffic(2, 4000);
    send(events.subList(0, 2000));
    postgres.cut();
    try {
      send(events.subList(2000, 4000));
      await("reads to be refused")
          .atMost(Duration.ofSeconds(15))
          .untilAsserted(() -> unavailable(client.forTenant("acme").get("/v1/quotas/usage")));
      unavailable(client.get("/v1/tenants"));
      unavailable(client.forTenant("acme").put("/v1/quotas", "{\"items\":[]}"));
      await("not ready")
          .atMost(Duration.ofSeconds(15))
          .untilAsserted(() -> unavailable(client.get("/health/ready")));
      client.get("/health/live").mustBe(200);
      // The gateway's posts only need Kafka: tenants are known by heart.
      List<GeneratedTraffic.Event> posted = traffic(3, 200);
      assertThat(ingest(posted).mustBe(202).json().get("accepted").asInt()).isEqualTo(200);
      count(posted);
    } finally {
      postgres.restore();
    }
    await("ready").atMost(RECOVERY).until(() -> client.get("/health/ready").status() == 200);
  }

  @Test
  void aPostgresThatHangsLeavesThreadsForOthers() throws Exception {
    send(traffic(6, 1000));
    postgres.freeze();
    List<CompletableFuture<Integer>> reads = new ArrayList<>();
    try {
      // More than there are threads of the server: each may wait, but not for ever.
      for (int i = 0; i < 300; i++) {
        reads.add(
            CompletableFuture.supplyAsync(
                () -> client.forTenant("acme").get("/v1/quotas/usage").status(), WAITING));
      }
      await("not ready")
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> unavailable(client.get("/health/ready")));
      client.get("/health/live").mustBe(200);
      await("most reads to be refused")
          .atMost(Duration.ofSeconds(20))
          .until(() -> reads.stream().filter(CompletableFuture::isDone).count() > 200);
    } finally {
      postgres.thaw();
    }
    await("ready").atMost(RECOVERY).until(() -> client.get("/health/ready").status() == 200);
    assertThat(reads.stream().map(CompletableFuture::join)).isSubsetOf(200, 503);
  }

  @Test
  void withoutKafkaTheApiAnswersAndIngestIsRefused() {
    List<GeneratedTraffic.Event> events = traffic(4, 200);
    kafkaLine.cut();
    try {
      unavailable(ingest(events));
      client.forTenant("acme").get("/v1/quotas/usage").mustBe(200);
      client.forTenant("acme").put("/v1/quotas", "{\"items\":[]}").mustBe(200);
      platform.createTenant("created-without-kafka");
      await("Kafka to be reported down")
          .atMost(Duration.ofSeconds(15))
          .untilAsserted(
              () ->
                  assertThat(client.get("/health/ready").mustBe(200).json().at("/parts/kafka"))
                      .hasToString("\"down\""));
    } finally {
      kafkaLine.restore();
    }
    // A refused post may have arrived in part: sent again as a whole, it counts once.
    await("ingest").atMost(RECOVERY).until(() -> ingest(events).status() == 202);
    count(events);
    try (DeadLetters published = new DeadLetters(kafka.brokers(), settings.platformTopic())) {
      await("the tenant to be announced")
          .atMost(RECOVERY)
          .until(
              () ->
                  published.all().stream()
                      .map(event -> new String(event.value(), UTF_8))
                      .anyMatch(
                          event ->
                              event.contains("tenant.created")
                                  && event.contains("created-without-kafka")));
    }
  }

  @Test
  void aKafkaThatHangsLeavesThreadsForOthers() throws Exception {
    List<GeneratedTraffic.Event> events = traffic(7, 1);
    ingest(events).mustBe(202);
    count(events);
    List<CompletableFuture<Answer>> posts = new ArrayList<>();
    Instant start = Instant.now();
    kafkaLine.freeze();
    try {
      // More than there are threads of the server.
      for (int i = 0; i < 300; i++) {
        posts.add(CompletableFuture.supplyAsync(() -> ingest(events), WAITING));
      }
      await("a post that finds no place to be refused at once")
          .atMost(Duration.ofSeconds(10))
          .until(() -> posts.stream().anyMatch(OutageTest::foundNoPlace));
      client.forTenant("acme").get("/v1/quotas/usage").mustBe(200);
      assertThat(posts).as("posts that wait for Kafka").anyMatch(post -> !post.isDone());
      posts.forEach(post -> unavailable(post.join()));
      assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(30));
    } finally {
      kafkaLine.thaw();
    }
    await("ingest").atMost(RECOVERY).until(() -> ingest(events).status() == 202);
  }

  @Test
  void withoutRedisEverythingWorks() {
    redis.cut();
    try {
      platform.createTenant("created-without-redis");
      client.forTenant("created-without-redis").get("/v1/quotas/usage").mustBe(200);
      client.forTenant("acme").put("/v1/quotas", "{\"items\":[]}").mustBe(200);
      List<GeneratedTraffic.Event> events = traffic(5, 300);
      ingest(events).mustBe(202);
      count(events);
      await("the ledgers")
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(usage(TENANTS)).isEqualTo(SENT));
      await("Redis to be reported down")
          .atMost(Duration.ofSeconds(15))
          .untilAsserted(
              () ->
                  assertThat(client.get("/health/ready").mustBe(200).json().at("/status"))
                      .hasToString("\"degraded\""));
    } finally {
      redis.restore();
    }
  }

  private static Set<String> texts(List<GeneratedTraffic.Event> events, String... tenants) {
    return events.stream()
        .filter(event -> List.of(tenants).contains(event.tenant()))
        .map(event -> new String(event.value(), UTF_8))
        .collect(Collectors.toSet());
  }

  private static Set<String> values(DeadLetters topic) {
    return topic.all().stream()
        .map(letter -> new String(letter.value(), UTF_8))
        .collect(Collectors.toSet());
  }

  private static boolean foundNoPlace(CompletableFuture<Answer> post) {
    return post.isDone() && post.join().json().at("/error/message").asText().startsWith("too many");
  }

  private static void unavailable(Answer answer) {
    answer.mustBe(503);
    assertThat(answer.errorCode()).isEqualTo("unavailable");
    assertThat(answer.json().at("/error/requestId").asText()).isNotEmpty();
    assertThat(answer.header("Retry-After")).matches("[1-9][0-9]*");
  }

  private static List<GeneratedTraffic.Event> traffic(long seed, int events) {
    List<GeneratedTraffic.Event> traffic = new ArrayList<>();
    new GeneratedTraffic(seed, events, TENANTS, Instant.parse("2026-11-30T23:59:00Z"))
        .forEach(traffic::add);
    return traffic;
  }

  private static void send(List<GeneratedTraffic.Event> events) {
    try (TopicWriter writer = new TopicWriter(kafka.brokers(), settings.usageTopic())) {
      events.forEach(event -> writer.send(event.tenant(), event.value()));
    }
    count(events);
  }

  /** Posts the events' payloads as the gateway does. */
  private static Answer ingest(List<GeneratedTraffic.Event> events) {
    return client
        .with("Authorization", "Bearer " + PlatformSettings.INGEST_TOKEN)
        .post("/v1/ingest/litellm", GatewayPost.ndjson(events));
  }

  private static void count(List<GeneratedTraffic.Event> events) {
    events.forEach(event -> SENT.merge(event.tenant(), event.amounts(), Amounts::plus));
  }

  private static Map<String, Amounts> sent(String... tenants) {
    Map<String, Amounts> sent = new TreeMap<>(SENT);
    sent.keySet().retainAll(List.of(tenants).stream().collect(toCollection(TreeSet::new)));
    return sent;
  }

  private static Map<String, Amounts> usage(List<String> tenants) {
    Map<String, Amounts> usage = new TreeMap<>();
    for (String tenant : tenants) {
      Answer answer = client.forTenant(tenant).get("/v1/quotas/usage?window=lifetime").mustBe(200);
      usage.put(tenant, Amounts.of(answer.json().at("/items/0/usage")));
    }
    return usage;
  }

  private static String databaseOf(String tenant) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(settings.adminDatabaseUrl(), "postgres", "");
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT name FROM tenant_databases WHERE tenant_id = '" + tenant + "'")) {
      row.next();
      return row.getString(1);
    }
  }

  private static void inPostgres(String... statements) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                RealServers.postgres().jdbcUrl("postgres"), "postgres", "");
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static String throughProxy(String url) {
    return url.replace(
        "localhost:" + RealServers.postgres().port(), "127.0.0.1:" + postgres.port());
  }
}
