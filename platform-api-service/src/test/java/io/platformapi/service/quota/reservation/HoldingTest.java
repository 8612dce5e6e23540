package io.platformapi.service.quota.reservation;

import static io.platformapi.service.quota.reservation.Reserving.request;
import static io.platformapi.service.quota.reservation.Reserving.tokens;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platformapi.service.quota.QuotaFixture;
import io.platformapi.service.quota.engine.Alert;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.BalanceSheet;
import io.platformapi.service.quota.engine.Demand;
import io.platformapi.service.quota.engine.Headroom;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaBook;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaMode;
import io.platformapi.service.quota.engine.QuotaSelector;
import io.platformapi.service.quota.engine.QuotaState;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.Quotas;
import io.platformapi.service.quota.engine.Told;
import io.platformapi.service.quota.engine.WindowKind;
import io.platformapi.service.usage.LedgerScope;
import java.sql.PreparedStatement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is held in one step is what would be granted one by one, and else nothing is. */
class HoldingTest {
  private static final int SEEDS = 300;
  private static final QuotaWindow DAY = QuotaWindow.of(WindowKind.DAY);
  private static QuotaFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new QuotaFixture();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void theDatabaseHoldsAtOnceWhatTheEngineGrantsAndOfWhichNobodyNeedBeTold() {
    String tenant = fixture.newTenant();
    int held = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      held += new Trial(tenant, new Random(seed)).run("seed " + seed) ? 1 : 0;
    }
    assertThat(held).isBetween(SEEDS / 5, SEEDS * 4 / 5);
  }

  /** One quota, one state of its balance, one group. */
  private static final class Trial {
    private final String tenant;
    private final Quota quota;
    private final Balance balance;
    private final List<List<Demand>> group = new ArrayList<>();
    private final QuotaBook book;
    private final Instant now = fixture.clock.instant();

    Trial(String tenant, Random random) {
      this.tenant = tenant;
      QuotaMode[] modes = QuotaMode.values();
      Quota made =
          Quotas.quota(
              QuotaDimension.INPUT_TOKENS,
              QuotaSelector.TENANT,
              DAY,
              random.nextInt(20),
              random.nextInt(3) > 0 ? QuotaMode.ENFORCE : modes[random.nextInt(modes.length)]);
      this.quota = random.nextBoolean() ? made : Quotas.with(made, 100, 50, 80);
      fixture.put(tenant, List.of(quota));
      fixture.told(tenant);
      this.book = fixture.books.get(tenant);
      BalanceKey key = new BalanceKey(quota.id(), "", DAY.id(now));
      this.balance =
          new Balance(
              key,
              random.nextInt(15),
              random.nextInt(6),
              3,
              new Told(List.of(0, 50, 80).get(random.nextInt(3)), random.nextBoolean(), now));
      for (int i = random.nextInt(3); i >= 0; i--) {
        group.add(List.of(new Demand(quota, key, random.nextInt(6))));
      }
    }

    boolean run(String seed) {
      fixture.make(tenant, balance);
      BalanceSheet sheet = new BalanceSheet(List.of(balance));
      boolean granted = group.stream().allMatch(one -> sheet.take(one, now).granted());
      boolean due = !Alert.due(new QuotaState(quota, balance, now), false).isEmpty();
      boolean last =
          group.stream().anyMatch(one -> one.get(0).amount() == 0)
              && sheet.get(balance.key()).remaining(quota.limit()) == 0;
      boolean held = hold();
      if (held) {
        assertThat(granted && !due).as(seed).isTrue();
      } else if (!last) {
        assertThat(granted && !due && balance.used() > 0).as(seed).isFalse();
      }
      return held;
    }

    private boolean hold() {
      try {
        Held held = HoldingTest.hold(tenant, book, group);
        assertThat(held.before()).containsOnlyKeys(balance.key());
        assertThat(held.before().get(balance.key()).used()).isEqualTo(balance.used());
        return true;
      } catch (NotAtOnceException e) {
        return false;
      }
    }
  }

  @Test
  void whatIsInTheWayLeavesNothingBehind() {
    String tenant = fixture.newTenant();
    Quota quota = Quotas.of(QuotaDimension.INPUT_TOKENS, DAY, 10);
    fixture.put(tenant, List.of(quota));
    QuotaBook book = fixture.books.get(tenant);
    List<List<Demand>> group = List.of(List.of(new Demand(quota, key(quota), 4)));
    assertThatThrownBy(() -> hold(tenant, book, group))
        .as("no balance yet")
        .isInstanceOf(NotAtOnceException.class);
    Reserving.granted(
        fixture.reservations.reserve(tenant, request("mine", "ann", tokens(1), null)));
    Reservation taken = made("mine", group.get(0));
    assertThatThrownBy(() -> hold(tenant, book, group, taken))
        .as("a request id of another one")
        .isInstanceOf(NotAtOnceException.class);
    fixture.put(tenant, List.of(quota, Quotas.of(QuotaDimension.REQUESTS, DAY, 1)));
    assertThatThrownBy(() -> hold(tenant, book, group))
        .as("other quotas")
        .isInstanceOf(NotAtOnceException.class);
    assertThat(fixture.findings(tenant)).isEmpty();
    fixture.told(tenant);
    assertThat(open(tenant)).isEqualTo(1);
  }

  @Test
  void aSubjectsBalanceIsNotBelievedWithoutTheOneThatStandsForAll() {
    String tenant = fixture.newTenant();
    Quota quota =
        Quotas.quota(
            QuotaDimension.INPUT_TOKENS,
            QuotaSelector.of(Map.of(LedgerScope.USER, QuotaSelector.EACH)),
            DAY,
            10,
            QuotaMode.ENFORCE);
    fixture.put(tenant, List.of(quota));
    QuotaBook book = fixture.books.get(tenant);
    BalanceKey ann = new BalanceKey(quota.id(), "ann", DAY.id(fixture.clock.instant()));
    BalanceKey bob = new BalanceKey(quota.id(), "bob", DAY.id(fixture.clock.instant()));
    Told told = new Told(0, false, fixture.clock.instant());
    fixture.make(tenant, new Balance(ann, 1, 0, 0, told));
    fixture.make(tenant, new Balance(bob, 2, 0, 5, told));
    List<List<Demand>> group =
        List.of(List.of(new Demand(quota, ann, 4)), List.of(new Demand(quota, bob, 0)));
    assertThatThrownBy(() -> hold(tenant, book, group)).isInstanceOf(NotAtOnceException.class);
    fixture.make(tenant, new Balance(ann.head(), 0, 0, 0, told));
    Held held = hold(tenant, book, group);
    assertThat(held.before())
        .containsOnly(
            Map.entry(ann, new Balance(ann, 1, 0, 0, told)),
            Map.entry(bob, new Balance(bob, 2, 0, 5, told)));
    assertThat(held.changed()).containsExactly(new Balance(ann, 1, 4, 1, told));
  }

  @Test
  void aGroupThatDoesNotFitIsDecidedOneByOne() {
    String tenant = fixture.newTenant();
    fixture.put(tenant, List.of(Quotas.of(QuotaDimension.INPUT_TOKENS, DAY, 10)));
    Granter granter = fixture.granter();
    Reserving.granted(fixture.reservations.reserve(tenant, request(tokens(2))));
    List<Outcome> outcomes =
        granter.grant(tenant, List.of(request(tokens(5)), request(tokens(4)), request(tokens(3))));
    assertThat(outcomes)
        .extracting(outcome -> (Object) outcome.getClass())
        .containsExactly(Outcome.Granted.class, Outcome.Refused.class, Outcome.Granted.class);
    assertThat(open(tenant)).isEqualTo(3);
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void afterFailuresFewerAreTried() {
    Chances chances = new Chances();
    assertThat(chances.worthTrying("acme")).isTrue();
    chances.failed("acme");
    assertThat(tried(chances, 4)).isEqualTo("-+++");
    chances.failed("acme");
    assertThat(tried(chances, 5)).isEqualTo("---++");
    chances.succeeded("acme");
    assertThat(tried(chances, 1)).isEqualTo("+");
  }

  private static String tried(Chances chances, int times) {
    StringBuilder tried = new StringBuilder();
    for (int i = 0; i < times; i++) {
      tried.append(chances.worthTrying("acme") ? '+' : '-');
    }
    return tried.toString();
  }

  private static Held hold(String tenant, QuotaBook book, List<List<Demand>> group) {
    return hold(
        tenant,
        book,
        group,
        group.stream().map(one -> made(null, one)).toArray(Reservation[]::new));
  }

  private static Held hold(
      String tenant, QuotaBook book, List<List<Demand>> group, Reservation... made) {
    Instant now = fixture.clock.instant();
    return fixture.store.transaction(
        tenant,
        transaction ->
            transaction.hold(
                new Holding(book, now, Headroom.of(group).orElseThrow(), Arrays.asList(made))));
  }

  private static Reservation made(String requestId, List<Demand> demands) {
    Demand demand = demands.get(0);
    return Reserving.open(
        requestId, new Hold(demand.key(), demand.amount()), fixture.clock.instant());
  }

  private static BalanceKey key(Quota quota) {
    return new BalanceKey(quota.id(), "", DAY.id(fixture.clock.instant()));
  }

  private static int open(String tenant) {
    return fixture.ledger.node.inTenant.sql(
        tenant,
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(
                  "SELECT count(*) FROM reservations WHERE state = 'open'")) {
            var row = statement.executeQuery();
            row.next();
            return row.getInt(1);
          }
        });
  }
}
