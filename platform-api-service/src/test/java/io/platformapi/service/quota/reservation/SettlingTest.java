package io.platformapi.service.quota.reservation;

import static io.platformapi.service.quota.reservation.Reserving.request;
import static io.platformapi.service.quota.reservation.Reserving.settle;
import static io.platformapi.service.quota.reservation.Reserving.tokens;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platformapi.service.http.Uuid7;
import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.quota.QuotaFixture;
import io.platformapi.service.quota.engine.Alert;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceChange;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.CallNames;
import io.platformapi.service.quota.engine.Headroom;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaAmounts;
import io.platformapi.service.quota.engine.QuotaBook;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaMode;
import io.platformapi.service.quota.engine.QuotaSelector;
import io.platformapi.service.quota.engine.QuotaState;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.Quotas;
import io.platformapi.service.quota.engine.Told;
import io.platformapi.service.quota.engine.WindowKind;
import io.platformapi.service.usage.LedgerCall;
import java.sql.PreparedStatement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is settled in one step is what nobody need be told of, and else nothing is. */
class SettlingTest {
  private static final int SEEDS = 200;

  /** What each tenant has used before. */
  private static final long FIRST = 1;

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
  void theDatabaseSettlesAtOnceWhatNobodyNeedBeToldOf() {
    String tenant = tenantWithPartitions();
    int settled = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      settled += new Trial(tenant, new Random(seed)).run("seed " + seed) ? 1 : 0;
    }
    assertThat(settled).isBetween(SEEDS / 5, SEEDS * 4 / 5);
  }

  /** One quota, one state of its balance, one reservation. */
  private static final class Trial {
    private final String tenant;
    private final Quota quota;
    private final Balance balance;
    private final Reservation open;
    private final long actual;
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
              modes[random.nextInt(modes.length)]);
      this.quota = random.nextBoolean() ? made : Quotas.with(made, 100, 50, 80);
      fixture.put(tenant, List.of(quota));
      fixture.told(tenant);
      this.book = fixture.books.get(tenant);
      BalanceKey key = key(quota);
      long hold = random.nextInt(6);
      this.balance =
          new Balance(
              key,
              random.nextInt(15),
              hold + random.nextInt(6),
              3,
              new Told(List.of(0, 50, 80).get(random.nextInt(3)), random.nextBoolean(), now));
      this.open = open(key, hold);
      this.actual = 1 + random.nextInt(8);
    }

    boolean run(String seed) {
      fixture.make(tenant, balance);
      insert(tenant, open);
      Balance after =
          new Balance(
              balance.key(),
              balance.used() + actual,
              balance.held() - open.holds().get(0).amount(),
              balance.version() + 1,
              balance.told());
      boolean due = !Alert.due(new QuotaState(quota, after, now), false).isEmpty();
      boolean settled = settleAtOnce();
      assertThat(settled).as(seed).isEqualTo(!due);
      assertThat(standing(tenant, quota)).as(seed).isEqualTo(settled ? after : balance);
      assertThat(fixture.reservations.get(tenant, open.id()).open()).as(seed).isEqualTo(!settled);
      return settled;
    }

    private boolean settleAtOnce() {
      try {
        assertThat(SettlingTest.settleAtOnce(tenant, book, open, tokens(actual))).hasSize(1);
        return true;
      } catch (NotAtOnceException e) {
        return false;
      }
    }
  }

  @Test
  void whatIsInTheWayLeavesNothingBehind() {
    String tenant = tenantWithPartitions();
    Quota quota = Quotas.of(QuotaDimension.INPUT_TOKENS, DAY, 10);
    fixture.put(tenant, List.of(quota));
    fixture.told(tenant);
    QuotaBook book = fixture.books.get(tenant);
    Reservation made = reserved(tenant);
    Reservation told = reserved(tenant);
    tell(tenant, book, told);
    refused(tenant, book, told, "an event has told of it");
    refused(tenant, book, open(key(quota), 4), "there is no such reservation");
    fixture.put(tenant, List.of(quota, Quotas.of(QuotaDimension.REQUESTS, DAY, 1)));
    refused(tenant, book, made, "other quotas");
    fixture.put(tenant, List.of(quota));
    fixture.told(tenant);
    QuotaBook present = fixture.books.get(tenant);
    Reserving.ended(fixture.reservations.end(tenant, settle(made.id(), tokens(2))));
    refused(tenant, present, made, "it is settled");
    assertThat(standing(tenant, quota).used()).isEqualTo(FIRST + 2);
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  /** As a usage event of a call that is not over does. */
  private static void tell(String tenant, QuotaBook book, Reservation open) {
    List<Reservation> told = List.of(open.withEvent());
    fixture.store.transaction(
        tenant,
        transaction ->
            transaction.write(
                new Writes(null, List.of(), List.of(), List.of(), told, Map.of()),
                book,
                fixture.clock.instant()));
  }

  private static void refused(String tenant, QuotaBook book, Reservation made, String why) {
    assertThatThrownBy(() -> settleAtOnce(tenant, book, made, tokens(1)))
        .as(why)
        .isInstanceOf(NotAtOnceException.class);
  }

  @Test
  void whatAnotherNodeHasReservedIsSettledAllTheSame() {
    String tenant = tenantWithPartitions();
    Quota quota = Quotas.of(QuotaDimension.INPUT_TOKENS, DAY, 10);
    fixture.put(tenant, List.of(quota));
    fixture.told(tenant);
    Reservation made = reserved(tenant);
    ReservationService other = fixture.service(fixture.otherBooks());
    Reserving.ended(other.end(tenant, settle(made.id(), tokens(3))));
    assertThat(Reserving.ended(fixture.reservations.end(tenant, settle(made.id(), tokens(5)))))
        .as("the first one stands")
        .extracting(Reservation::actual)
        .isEqualTo(tokens(3));
    assertThat(standing(tenant, quota).used()).isEqualTo(FIRST + 3);
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  private static String tenantWithPartitions() {
    String tenant = fixture.newTenant();
    fixture.put(tenant, List.of());
    fixture.told(tenant);
    Reserving.ended(fixture.reservations.end(tenant, settle(reserved(tenant).id(), tokens(FIRST))));
    return tenant;
  }

  private static Reservation reserved(String tenant) {
    return Reserving.granted(
        fixture.reservations.reserve(tenant, request(null, "ann", tokens(4), null)));
  }

  private static List<Balance> settleAtOnce(
      String tenant, QuotaBook book, Reservation open, QuotaAmounts actual) {
    Instant now = fixture.clock.instant();
    Reservation after = open.settled(actual, "tests", now);
    List<BalanceChange> changes = new ArrayList<>(open.freed());
    LedgerCall call = after.call();
    changes.addAll(
        book.changes(
            CallNames.of(call.call()), QuotaAmounts.of(call), call.call().startedAt(), now));
    Posting posting = new Posting(Uuid7.next(), List.of(call), List.of());
    return fixture.store.transaction(
        tenant,
        transaction ->
            transaction.settle(
                new Settling(
                    book,
                    now,
                    posting,
                    changes,
                    Headroom.after(book, changes).orElseThrow(),
                    List.of(after))));
  }

  private static Reservation open(BalanceKey key, long hold) {
    return Reserving.open(null, new Hold(key, hold), fixture.clock.instant());
  }

  private static BalanceKey key(Quota quota) {
    return new BalanceKey(quota.id(), "", DAY.id(fixture.clock.instant()));
  }

  private static Balance standing(String tenant, Quota quota) {
    return fixture.store.transaction(
        tenant,
        transaction ->
            transaction
                .read(new TreeMap<>(Map.of(key(quota), quota)), fixture.clock.instant())
                .get(key(quota)));
  }

  private static void insert(String tenant, Reservation open) {
    fixture.ledger.node.inTenant.sql(
        tenant,
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(ReservationSql.INSERT_ALL)) {
            ReservationSql.bindInsert(new Parameters(statement), connection, List.of(open));
            return statement.executeUpdate();
          }
        });
  }
}
