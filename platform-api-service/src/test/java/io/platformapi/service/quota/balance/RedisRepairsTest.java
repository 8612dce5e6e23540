package io.platformapi.service.quota.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Told;
import io.platformapi.service.testing.RealServers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.params.SetParams;

/** What a copy believes, on a real Redis. */
class RedisRepairsTest {
  private static final Duration LIFE = Duration.ofMinutes(1);

  private final String tenant = "t" + UUID.randomUUID();
  private final BalanceKey key = key("");
  private RedisClient redis;
  private RedisBalances copy;
  private RedisRepairs repairs;

  @BeforeEach
  void start() {
    redis = RedisClient.create("127.0.0.1", RealServers.redis().port());
    RedisCalls calls = new RedisCalls(redis, new SimpleMeterRegistry(), System::nanoTime);
    copy = new RedisBalances(calls, LIFE, new SimpleMeterRegistry(), Clock.systemUTC());
    repairs = new RedisRepairs(calls, copy, LIFE);
  }

  @AfterEach
  void stop() {
    redis.close();
  }

  @Test
  void withoutAPlaceNothingIsKept() {
    fill(balance(key, 1), copy.seen(tenant));
    assertThat(read(key)).isNull();
    assertThat(copy.asked()).isEqualTo(Map.of(tenant, false));
  }

  @Test
  void whatWasReadBeforeTheFirstPlaceIsNotKept() {
    String seen = copy.seen(tenant);
    begin();
    fill(balance(key, 1), seen);
    assertThat(read(key)).isNull();
    fill(balance(key, 1), copy.seen(tenant));
    assertThat(read(key)).isEqualTo(balance(key, 1));
    assertThat(copy.asked()).isEqualTo(Map.of(tenant, true));
  }

  @Test
  void aChangeThatWasToldToNobodyIsRepaired() {
    begin();
    BalanceKey bob = key("bob");
    fill(balance(key, 1), copy.seen(tenant));
    fill(balance(bob, 5), copy.seen(tenant));
    assertThat(advance(balance(key, 2), balance(bob, 4), balance(key("eve"), 1))).contains(1);
    assertThat(read(key)).isEqualTo(balance(key, 2));
    assertThat(read(bob)).isEqualTo(balance(bob, 5));
    assertThat(read(key("eve"))).isNull();
  }

  @Test
  void whatWasReadBeforeItWasToldOfIsNotTakenAfterwards() {
    begin();
    String seen = copy.seen(tenant);
    // Another commits the next version, whose word to the copy is lost; the database tells of it.
    advance(balance(key, 2));
    redis.del(BalanceText.key(tenant, key));
    fill(balance(key, 1), seen);
    assertThat(read(key)).isNull();
    fill(balance(key, 2), copy.seen(tenant));
    assertThat(read(key)).isEqualTo(balance(key, 2));
  }

  @Test
  void whatWasReadBeforeACommitIsNotTakenAfterItWasTold() {
    begin();
    String seen = copy.seen(tenant);
    copy.tell(tenant, List.of(balance(key, 2)));
    fill(balance(key, 1), seen);
    assertThat(read(key)).isNull();
    fill(balance(key, 2), seen);
    assertThat(read(key)).isEqualTo(balance(key, 2));
  }

  @Test
  void whatIsOnlyToldOfIsNotBelievedAndGoes() {
    begin();
    copy.tell(tenant, List.of(balance(key, 2)));
    assertThat(read(key)).isNull();
    assertThat(redis.pttl(BalanceText.key(tenant, key))).isBetween(1L, LIFE.toMillis());
  }

  @Test
  void whoeverTellsMakesNothingLiveLonger() {
    begin();
    fill(balance(key, 1), copy.seen(tenant));
    redis.pexpire(BalanceText.key(tenant, key), 20_000);
    copy.tell(tenant, List.of(balance(key, 2)));
    assertThat(read(key)).isEqualTo(balance(key, 2));
    assertThat(redis.pttl(BalanceText.key(tenant, key))).isLessThanOrEqualTo(20_000);
  }

  @Test
  void ofTwoWhoComeFromOnePlaceOneIsOvertaken() {
    begin();
    fill(balance(key, 1), copy.seen(tenant));
    CopyPlace one = place();
    CopyPlace two = place();
    assertThat(repairs.advance(tenant, one, news(true, balance(key, 2)))).contains(1);
    assertThat(repairs.advance(tenant, two, news(true, balance(key, 3))))
        .contains(CopyRepairs.OVERTAKEN);
    assertThat(read(key)).isEqualTo(balance(key, 2));
  }

  @Test
  void moreThanFitsInOneStepIsToldInSome() {
    begin();
    List<Balance> first = new ArrayList<>();
    List<Balance> second = new ArrayList<>();
    for (int i = 0; i < 1_234; i++) {
      first.add(balance(key("user-" + i), 1));
      second.add(balance(key("user-" + i), 2));
    }
    copy.fill(tenant, kept(first), copy.seen(tenant));
    assertThat(advance(second.toArray(Balance[]::new))).contains(1_234);
    List<BalanceKey> keys = first.stream().map(Balance::key).toList();
    assertThat(copy.read(tenant, keys).balances().values())
        .containsExactlyInAnyOrderElementsOf(second);
  }

  @Test
  void aRedisThatHasFallenBackIsToldAllSince() {
    begin();
    fill(balance(key, 1), copy.seen(tenant));
    String entry = redis.get(BalanceText.key(tenant, key));
    String place = redis.get(BalanceText.place(tenant));
    String believed = redis.get(BalanceText.believed(tenant));
    BalanceNews.Seen then = place().seen();
    advance(balance(key, 2));
    assertThat(place().seen()).isNotEqualTo(then);

    SetParams minute = new SetParams().px(60_000);
    redis.set(BalanceText.key(tenant, key), entry, minute);
    redis.set(BalanceText.place(tenant), place, minute);
    redis.set(BalanceText.believed(tenant), believed, minute);
    assertThat(read(key)).isEqualTo(balance(key, 1));
    // Whoever comes next asks the database from there on, and no node goes on from where it was.
    assertThat(place().seen()).isEqualTo(then);
    advance(balance(key, 2));
    assertThat(read(key)).isEqualTo(balance(key, 2));
  }

  @Test
  void whatIsToldNothingIsNotBelieved() {
    begin();
    fill(balance(key, 1), copy.seen(tenant));
    RedisRepairs hasty =
        new RedisRepairs(
            new RedisCalls(redis, new SimpleMeterRegistry(), System::nanoTime),
            copy,
            Duration.ofMillis(150));
    hasty.advance(tenant, place(), news(true));
    await().atMost(Duration.ofSeconds(10)).until(() -> read(key) == null);
    assertThat(place().believed()).isFalse();
    // What it holds is as good as it was as soon as it has been told again.
    repairs.advance(tenant, place(), news(true));
    assertThat(read(key)).isEqualTo(balance(key, 1));
  }

  @Test
  void whatIsToldLateIsBelievedFromWhenItWasAsked() {
    begin();
    CopyPlace place = place();
    CopyPlace longAgo =
        new CopyPlace(
            place.text(),
            place.epoch(),
            place.at(),
            place.seen(),
            place.asked() - LIFE.toMillis(),
            true);
    fill(balance(key, 1), copy.seen(tenant));
    assertThat(repairs.advance(tenant, longAgo, news(true))).contains(0);
    assertThat(read(key)).isNull();
  }

  @Test
  void whenNotAllIsKnownTheCopyBeginsAnewAlsoWithLowerVersions() {
    begin();
    fill(balance(key, 7), copy.seen(tenant));
    repairs.advance(tenant, place(), news(false));
    assertThat(read(key)).isNull();
    // The database was restored to an earlier state.
    fill(balance(key, 3), copy.seen(tenant));
    assertThat(read(key)).isEqualTo(balance(key, 3));
  }

  @Test
  void whatStandsInItsPlaceAndIsNoneGivesWay() {
    for (Runnable nonsense :
        List.<Runnable>of(
            () -> redis.set(BalanceText.place(tenant), "nonsense"),
            () -> redis.lpush(BalanceText.place(tenant), "1"),
            () -> redis.lpush(BalanceText.believed(tenant), "1"),
            () -> redis.set(BalanceText.believed(tenant), "nonsense"))) {
      redis.del(BalanceText.place(tenant), BalanceText.believed(tenant));
      nonsense.run();
      fill(balance(key, 1), copy.seen(tenant));
      assertThat(read(key)).isNull();
      begin();
      fill(balance(key, 1), copy.seen(tenant));
      assertThat(read(key)).isEqualTo(balance(key, 1));
      repairs.advance(tenant, place(), news(false));
    }
  }

  @Test
  void whatOfPassingOnesIsToldLivesNoLonger() {
    copy.fill(
        tenant, List.of(new Copied(balance(key, 1), Copied.Kind.PASSING)), BalanceCopy.NOT_SEEN);
    CopyAnswer answer = copy.read(tenant, List.of(key));
    assertThat(answer.balances()).isEqualTo(Map.of(key, balance(key, 1)));
    assertThat(answer.passing()).containsExactly(key);
    copy.tell(tenant, List.of(balance(key, 2)));
    assertThat(read(key)).isEqualTo(balance(key, 2));
    assertThat(redis.pttl(BalanceText.key(tenant, key))).isLessThanOrEqualTo(LIFE.toMillis());
  }

  private void begin() {
    assertThat(repairs.advance(tenant, place(), news(false))).contains(0);
  }

  private java.util.Optional<Integer> advance(Balance... balances) {
    return repairs.advance(tenant, place(), news(true, balances));
  }

  private int snapshots;

  private BalanceNews news(boolean whole, Balance... balances) {
    int next = ++snapshots;
    return new BalanceNews(
        new BalanceNews.Seen("a server", next + ":" + next + ":"), whole, List.of(balances));
  }

  private CopyPlace place() {
    return repairs.place(tenant).orElseThrow();
  }

  private void fill(Balance balance, String seen) {
    copy.fill(tenant, kept(List.of(balance)), seen);
  }

  private static List<Copied> kept(List<Balance> balances) {
    return balances.stream().map(one -> new Copied(one, Copied.Kind.KEPT)).toList();
  }

  private Balance read(BalanceKey one) {
    return copy.read(tenant, List.of(one)).balances().get(one);
  }

  private static BalanceKey key(String subject) {
    return new BalanceKey(new UUID(7, 7), subject, Instant.EPOCH);
  }

  private static Balance balance(BalanceKey key, long version) {
    return new Balance(key, 10 * version, 0, version, Told.NOTHING);
  }
}
