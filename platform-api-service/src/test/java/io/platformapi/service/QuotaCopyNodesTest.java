package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.local.LocalRedis;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.TcpProxy;
import io.platformapi.service.usage.LedgerChecks;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/**
 * Nodes that share a copy of balances in a Redis of their own, which lies, breaks and goes. Two ask
 * it each time, the third remembers for a moment.
 */
class QuotaCopyNodesTest {
  private static final String CHECK = "/v1/quotas/check";
  private static final String RESERVATIONS = "/v1/quotas/reservations";
  private static final Duration LIFE = Duration.ofSeconds(4);

  private static LocalRedis redis;
  private static TcpProxy line;
  private static RedisClient direct;
  private static PlatformUnderTest one;
  private static PlatformUnderTest two;
  private static PlatformUnderTest remembering;

  /** Its words never come to Redis. */
  private static PlatformUnderTest mute;

  private static TcpProxy cut;

  @BeforeAll
  static void start() throws Exception {
    redis = LocalRedis.start();
    direct = RedisClient.create("127.0.0.1", redis.port());
    line = new TcpProxy(redis.port());
    PlatformSettings settings =
        PlatformSettings.create()
            .with("REDIS_HOST", "127.0.0.1")
            .with("REDIS_PORT", String.valueOf(line.port()))
            // A machine that is busy with other tests may be slow; nothing here waits for it.
            .with("REDIS_TIMEOUT", "2s")
            .with("QUOTA_COPY_LIFE", LIFE.toMillis() + "ms")
            .with("QUOTA_REPAIR_INTERVAL", "200ms");
    PlatformSettings asking = settings.with("QUOTA_NEAR_LIFE", "0ms");
    one = PlatformUnderTest.start(asking);
    two = PlatformUnderTest.start(asking);
    cut = new TcpProxy(redis.port());
    cut.cut();
    mute = PlatformUnderTest.start(asking.with("REDIS_PORT", String.valueOf(cut.port())));
    remembering = PlatformUnderTest.start(settings.with("QUOTA_NEAR_LIFE", "1s"));
  }

  @AfterEach
  void nothingWasGrantedThatMustNotBe() throws Exception {
    assertThat(LedgerChecks.findings(one.settings())).isEmpty();
  }

  @AfterAll
  static void stop() throws Exception {
    remembering.close();
    mute.close();
    cut.close();
    two.close();
    one.close();
    direct.close();
    line.close();
    redis.close();
  }

  @Test
  void whatOneNodeDoesIsSeenByTheOtherAtOnceAndInTheCopy() {
    String tenant = tenant("seen", 1_000);
    believed(two, tenant, 0);
    double hits = hits(two);
    for (int i = 1; i <= 20; i++) {
      String id = reserve(one, tenant, 10);
      assertThat(held(two, tenant)).isEqualTo(10);
      if (i % 2 == 0) {
        one.clientOf(tenant)
            .post(RESERVATIONS + "/" + id + "/settle", "{\"actual\":{\"requests\":3}}")
            .mustBe(200);
      } else {
        one.clientOf(tenant).post(RESERVATIONS + "/" + id + "/release", "").mustBe(200);
      }
      JsonNode level = check(two, tenant, 1).at("/quotas/0");
      assertThat(level.get("held").asLong()).isZero();
      assertThat(level.get("used").asLong()).isEqualTo(i / 2 * 3L);
    }
    // Not the database was asked: but for what a pause of the machine let go.
    assertThat(hits(two) - hits).isGreaterThan(20);
  }

  @Test
  void aNodeThatRemembersKnowsWhatItDoesAtOnceAndWhatOthersDoAfterAMoment() {
    String tenant = tenant("remembered", 1_000);
    long taken = 0;
    for (int i = 0; i < 20; i++) {
      assertThat(held(remembering, tenant)).isEqualTo(taken);
      String id = reserve(remembering, tenant, 10);
      assertThat(held(remembering, tenant)).isEqualTo(taken + 10);
      remembering.clientOf(tenant).post(RESERVATIONS + "/" + id + "/release", "").mustBe(200);
    }
    for (int i = 0; i < 5; i++) {
      reserve(one, tenant, 10);
      taken += 10;
      long now = taken;
      await().atMost(Duration.ofSeconds(20)).until(() -> held(remembering, tenant) == now);
    }
    double remembered = remembered();
    for (int i = 0; i < 50; i++) {
      assertThat(held(remembering, tenant)).isEqualTo(taken);
    }
    assertThat(remembered() - remembered).isPositive();
  }

  @Test
  void aStaleCopyMisleadsWhoAsksForAShortTimeAndWhoReservesNever() {
    String tenant = tenant("stale", 10);
    believed(two, tenant, 0);
    Map<String, byte[]> then = dump(tenant);
    String id = reserve(one, tenant, 10);
    assertThat(check(two, tenant, 1).get("granted").asBoolean()).isFalse();
    // As if it had failed over to a server that has not heard of the reservation.
    restore(tenant, then);
    two.clientOf(tenant).post(RESERVATIONS, "{\"estimates\":{\"requests\":1}}").mustBe(429);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> !check(two, tenant, 1).get("granted").asBoolean());
    one.clientOf(tenant).post(RESERVATIONS + "/" + id + "/release", "").mustBe(200);
  }

  @Test
  void aWordThatIsLostIsSaidByTheDatabase() {
    String tenant = tenant("lost", 1_000);
    believed(two, tenant, 0);
    believed(remembering, tenant, 0);
    for (int i = 1; i <= 3; i++) {
      double repaired = repaired();
      double misses = misses(two);
      reserve(mute, tenant, 10);
      int now = 10 * i;
      await().atMost(Duration.ofSeconds(20)).until(() -> held(two, tenant) == now);
      await().atMost(Duration.ofSeconds(20)).until(() -> held(remembering, tenant) == now);
      // Nobody has asked it of the database meanwhile: the copy was told.
      assertThat(misses(two)).isEqualTo(misses);
      assertThat(repaired()).isEqualTo(repaired + 1);
    }
  }

  @Test
  void whatIsNoBalanceIsNotBelieved() {
    String tenant = tenant("garbage", 10);
    reserve(one, tenant, 4);
    String name = nameOf(tenant);
    direct.set(name, "7|lots|0");
    assertThat(held(two, tenant)).isEqualTo(4);
    direct.del(name);
    direct.lpush(name, "1");
    assertThat(held(two, tenant)).isEqualTo(4);
    assertThat(direct.type(name)).isEqualTo("string");
  }

  @Test
  void whileRedisIsAwayPostgresAnswersAndAfterwardsTheCopyIsMadeAgain() {
    String tenant = tenant("away", 10);
    reserve(one, tenant, 4);
    line.cut();
    try {
      assertThat(held(two, tenant)).isEqualTo(4);
      String id = reserve(two, tenant, 6);
      one.clientOf(tenant).post(RESERVATIONS, "{\"estimates\":{\"requests\":1}}").mustBe(429);
      for (int i = 0; i < 5; i++) {
        assertThat(held(one, tenant)).isEqualTo(10);
      }
      one.clientOf(tenant).post(RESERVATIONS + "/" + id + "/release", "").mustBe(200);
    } finally {
      direct.flushAll();
      line.restore();
    }
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              assertThat(held(two, tenant)).isEqualTo(4);
              assertThat(keysOf(tenant)).isNotEmpty();
            });
    // A node that has not tried again yet leaves the copy as it was, for no longer than its life.
    reserve(one, tenant, 1);
    await().atMost(LIFE.multipliedBy(3)).until(() -> held(two, tenant) == 5);
  }

  @Test
  void oneCallMayAskOfABalanceThatHasNoRowYet() {
    String tenant = "fresh";
    one.createTenant(tenant);
    one.clientOf(tenant)
        .put(
            "/v1/quotas",
            "{\"items\":[{\"dimension\":\"requests\",\"window\":\"day\",\"scope\":{\"user\":\"*\"},"
                + "\"limit\":5}]}")
        .mustBe(200);
    String bob = "{\"subject\":{\"user\":\"bob\"},\"estimates\":{\"requests\":%d}}";
    PlatformClient asks = two.clientOf(tenant);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              asks.post(CHECK, bob.formatted(5)).mustBe(200);
              return direct.exists("platform:balance:{" + tenant + "}:believed");
            });
    assertThat(asks.post(CHECK, bob.formatted(5)).mustBe(200).json().at("/quotas/0/held").asLong())
        .isZero();
    // That there is no row is known to the copy too, and gives way to the first one.
    assertThat(keysOf(tenant)).hasSize(1);
    one.clientOf(tenant).post(RESERVATIONS, bob.formatted(2)).mustBe(201);
    assertThat(asks.post(CHECK, bob.formatted(4)).mustBe(200).json().get("granted").asBoolean())
        .isFalse();
    assertThat(asks.post(CHECK, bob.formatted(3)).mustBe(200).json().at("/quotas/0/held").asLong())
        .isEqualTo(2);
  }

  private static String tenant(String id, long limit) {
    one.createTenant(id);
    one.clientOf(id)
        .put(
            "/v1/quotas",
            "{\"items\":[{\"dimension\":\"requests\",\"window\":\"day\",\"limit\":" + limit + "}]}")
        .mustBe(200);
    return id;
  }

  private static String reserve(PlatformUnderTest node, String tenant, long requests) {
    return node.clientOf(tenant)
        .post(RESERVATIONS, "{\"estimates\":{\"requests\":" + requests + "}}")
        .mustBe(201)
        .json()
        .get("id")
        .asText();
  }

  private static JsonNode check(PlatformUnderTest node, String tenant, long requests) {
    return node.clientOf(tenant)
        .post(CHECK, "{\"estimates\":{\"requests\":" + requests + "}}")
        .mustBe(200)
        .json();
  }

  private static long held(PlatformUnderTest node, String tenant) {
    return check(node, tenant, 0).at("/quotas/0/held").asLong();
  }

  /** Asks until the copy answers, and not the database. */
  private static void believed(PlatformUnderTest node, String tenant, long held) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              double misses = misses(node);
              return held(node, tenant) == held && misses(node) == misses;
            });
  }

  private static double repaired() {
    return List.of(one, two, remembering).stream()
        .mapToDouble(node -> metric(node, "platform_quota_copy_repaired_total"))
        .sum();
  }

  private static double misses(PlatformUnderTest node) {
    return metric(node, "platform_quota_copy_balances_total{outcome=\"miss\"}");
  }

  private static Map<String, byte[]> dump(String tenant) {
    Map<String, byte[]> all = new HashMap<>();
    direct
        .keys("platform:balance:{" + tenant + "}:*")
        .forEach(key -> all.put(key, direct.dump(key)));
    return all;
  }

  private static void restore(String tenant, Map<String, byte[]> all) {
    direct.keys("platform:balance:{" + tenant + "}:*").forEach(direct::del);
    all.forEach((key, value) -> direct.restore(key, LIFE.toMillis(), value));
  }

  private static double hits(PlatformUnderTest node) {
    return metric(node, "platform_quota_copy_balances_total{outcome=\"hit\"}");
  }

  private static double remembered() {
    return metric(remembering, "platform_cache_gets_total{cache=\"balances\",result=\"hit\"}");
  }

  private static double metric(PlatformUnderTest node, String name) {
    return node.anybody()
        .get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  private static Set<String> keysOf(String tenant) {
    return direct.keys("platform:balance:{" + tenant + "}:*").stream()
        .filter(key -> !key.matches(".*}:(feed|place|believed)"))
        .collect(Collectors.toSet());
  }

  private static String nameOf(String tenant) {
    return keysOf(tenant).iterator().next();
  }
}
