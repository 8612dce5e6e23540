package io.platformapi.service.quota.reservation;

import static io.platformapi.service.quota.reservation.Reserving.event;
import static io.platformapi.service.quota.reservation.Reserving.tokens;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.routes.message.CallStatus;
import io.platformapi.service.quota.QuotaFixture;
import io.platformapi.service.quota.balance.BalanceCopy;
import io.platformapi.service.quota.balance.Copied;
import io.platformapi.service.quota.balance.CopyAnswer;
import io.platformapi.service.quota.balance.CopyPlace;
import io.platformapi.service.quota.balance.RedisBalances;
import io.platformapi.service.quota.balance.RedisCalls;
import io.platformapi.service.quota.balance.RedisRepairs;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.Quotas;
import io.platformapi.service.quota.reservation.CopyRepair.Result;
import io.platformapi.service.testing.RealServers;
import io.platformapi.service.usage.LedgerScope;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/** A copy in a real Redis that nobody tells but a real PostgreSQL. */
class CopyRepairTest {
  private static final Duration LIFE = Duration.ofMinutes(1);

  private static QuotaFixture fixture;
  private static RedisClient redis;
  private static SimpleMeterRegistry meters;
  private static RedisBalances copy;
  private static RedisRepairs repairs;
  private static Checker checker;

  private String tenant;
  private int calls;

  @BeforeAll
  static void start() {
    fixture = new QuotaFixture();
    redis = RedisClient.create("127.0.0.1", RealServers.redis().port());
    meters = new SimpleMeterRegistry();
    RedisCalls redisCalls = new RedisCalls(redis, meters, System::nanoTime);
    copy = new RedisBalances(redisCalls, LIFE, meters, Clock.systemUTC());
    repairs = new RedisRepairs(redisCalls, copy, LIFE);
    checker = new Checker(fixture.work, fixture.books, fixture.expiry, copy);
  }

  @AfterAll
  static void stop() {
    redis.close();
    fixture.close();
  }

  @BeforeEach
  void tenant() {
    tenant = fixture.newTenant();
    fixture.put(
        tenant,
        List.of(Quotas.of(QuotaDimension.INPUT_TOKENS, Map.of(LedgerScope.USER, "*"), 1_000)));
  }

  @Test
  void whatNobodyToldIsRepairedAndNothingElseIsRead() {
    post(4);
    assertThat(used()).isEqualTo(4);
    assertThat(repair().result()).isEqualTo(Result.BEGUN_ANEW);
    assertThat(used()).isEqualTo(4);
    double misses = misses();
    for (int i = 1; i <= 5; i++) {
      post(3);
      assertThat(used()).isEqualTo(4 + 3 * (i - 1));
      assertThat(repair()).isEqualTo(new CopyRepair.Repaired(Result.DONE, 1, Duration.ZERO));
      assertThat(used()).isEqualTo(4 + 3 * i);
      assertThat(repair().repaired()).isZero();
    }
    assertThat(misses()).isEqualTo(misses);
  }

  @Test
  void aSubjectThatHadNoRowIsRepairedToo() {
    begin();
    assertThat(used()).isZero();
    post(7);
    assertThat(used()).isZero();
    assertThat(repair().repaired()).isEqualTo(1);
    assertThat(used()).isEqualTo(7);
  }

  @Test
  void whatAnotherNodeRepairedNotLongAgoIsLeft() {
    begin();
    CopyRepair patient = new CopyRepair(fixture.store, repairs, Duration.ofSeconds(30));
    CopyRepair.Repaired left = patient.run(tenant);
    assertThat(left.result()).isEqualTo(Result.NOT_DUE);
    assertThat(left.next()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(30));
  }

  @Test
  void aCheckThatStoodStillWithAnOldBalanceDoesNotSpoilWhatWasRepaired() {
    begin();
    post(1);
    // It has read what is there; another one commits, and its word is lost; the database tells.
    Checker slow =
        new Checker(
            fixture.work,
            fixture.books,
            fixture.expiry,
            beforeFilling(
                () -> {
                  post(10);
                  repair();
                  forgetBalances();
                }));
    assertThat(used(slow)).isEqualTo(1);
    assertThat(used()).isEqualTo(11);
  }

  @Test
  void aCheckThatReadBeforeThereWasAPlaceDoesNotFill() {
    post(1);
    Checker slow =
        new Checker(
            fixture.work,
            fixture.books,
            fixture.expiry,
            beforeFilling(
                () -> {
                  post(10);
                  begin();
                }));
    assertThat(used(slow)).isEqualTo(1);
    assertThat(used()).isEqualTo(11);
  }

  @Test
  void aRedisThatFallsBackIsToldAllSince() {
    begin();
    post(1);
    assertThat(used()).isEqualTo(1);
    Map<String, byte[]> then = dump();
    post(10);
    repair();
    post(100);
    repair();
    assertThat(used()).isEqualTo(111);
    restore(then);
    assertThat(used()).isEqualTo(1);
    assertThat(repair().result()).isEqualTo(Result.DONE);
    assertThat(used()).isEqualTo(111);
  }

  @Test
  void aRedisThatHasLostSomethingIsNotBelieved() {
    for (String lost : List.of("place", "believed")) {
      begin();
      long before = used();
      post(1);
      redis.del("platform:balance:{" + tenant + "}:" + lost);
      Result result = repair().result();
      assertThat(result).isEqualTo(lost.equals("place") ? Result.BEGUN_ANEW : Result.DONE);
      assertThat(used()).isEqualTo(before + 1);
    }
    redis.keys("platform:balance:{" + tenant + "}:*").forEach(redis::del);
    post(1);
    assertThat(used()).isEqualTo(3);
    assertThat(repair().result()).isEqualTo(Result.BEGUN_ANEW);
  }

  @Test
  void ofADatabaseThatDoesNotAnswerNothingIsBelievedForLong() {
    begin();
    post(1);
    assertThat(used()).isEqualTo(1);
    post(1);
    RedisRepairs brief =
        new RedisRepairs(
            new RedisCalls(redis, meters, System::nanoTime), copy, Duration.ofMillis(200));
    // The last that the database told; after it nobody is told anything.
    assertThat(new CopyRepair(fixture.store, brief, Duration.ZERO).run(tenant).repaired())
        .isEqualTo(1);
    post(1);
    await().atMost(Duration.ofSeconds(10)).until(() -> used() == 3);
  }

  @Test
  void ofALostTableNothingIsBelieved() {
    begin();
    post(5);
    assertThat(used()).isEqualTo(5);
    fixture.ledger.execute(tenant, "TRUNCATE quota_balances");
    post(1);
    assertThat(repair().result()).isEqualTo(Result.BEGUN_ANEW);
    assertThat(used()).isEqualTo(6);
    assertThat(used()).isEqualTo(6);
  }

  @Test
  void whatIsChangedAsSomebodyAsksMayBeHeardOfTwiceAndNeverLost() throws Exception {
    begin();
    Thread repairing =
        new Thread(
            () -> {
              while (!Thread.interrupted()) {
                repair();
              }
            });
    repairing.start();
    try {
      for (int i = 1; i <= 200; i++) {
        post(1);
        used();
      }
    } finally {
      repairing.interrupt();
      repairing.join();
    }
    repair();
    assertThat(used()).isEqualTo(200);
  }

  private void begin() {
    repair();
    assertThat(place().believed()).isTrue();
  }

  private CopyPlace place() {
    return repairs.place(tenant).orElseThrow();
  }

  private CopyRepair.Repaired repair() {
    return new CopyRepair(fixture.store, repairs, Duration.ZERO).run(tenant);
  }

  /** Nobody tells the copy of it. */
  private void post(long tokens) {
    fixture.post(
        tenant, List.of(event("c" + ++calls, CallStatus.SUCCESS, tokens, fixture.clock.instant())));
  }

  private long used() {
    return used(checker);
  }

  private long used(Checker by) {
    Outcome outcome =
        by.check(tenant, List.of(new Checked(Reserving.user("ann"), tokens(1)))).get(0);
    return ((Outcome.Allowed) outcome).states().get(0).balance().used();
  }

  private void forgetBalances() {
    redis.keys("platform:balance:{" + tenant + "}:*-*").forEach(redis::del);
  }

  private Map<String, byte[]> dump() {
    Map<String, byte[]> all = new HashMap<>();
    redis.keys("platform:balance:{" + tenant + "}:*").forEach(key -> all.put(key, redis.dump(key)));
    return all;
  }

  private void restore(Map<String, byte[]> all) {
    redis.keys("platform:balance:{" + tenant + "}:*").forEach(redis::del);
    all.forEach((key, value) -> redis.restore(key, LIFE.toMillis(), value));
  }

  private static double misses() {
    return meters.get("platform.quota.copy.balances").tag("outcome", "miss").counter().count();
  }

  /** The copy, with something that happens while a check stands still before it fills it. */
  private static BalanceCopy beforeFilling(Runnable meanwhile) {
    return new BalanceCopy() {
      @Override
      public CopyAnswer read(String tenantId, List<BalanceKey> keys) {
        return copy.read(tenantId, keys);
      }

      @Override
      public void tell(String tenantId, Collection<Balance> balances) {
        copy.tell(tenantId, balances);
      }

      @Override
      public void fill(String tenantId, Collection<Copied> balances, String seen) {
        meanwhile.run();
        copy.fill(tenantId, balances, seen);
      }
    };
  }
}
