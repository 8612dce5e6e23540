package io.platformapi.service.quota.reservation;

import static io.platformapi.service.quota.reservation.Reserving.key;
import static io.platformapi.service.quota.reservation.Reserving.release;
import static io.platformapi.service.quota.reservation.Reserving.request;
import static io.platformapi.service.quota.reservation.Reserving.settle;
import static io.platformapi.service.quota.reservation.Reserving.tokens;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platformapi.service.persistence.DatabaseUnavailableException;
import io.platformapi.service.quota.QuotaFixture;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.Quotas;
import io.platformapi.service.quota.engine.WindowKind;
import io.platformapi.service.usage.LedgerScope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Nodes that die in the middle of what they do; a failure names the seed that makes it again. */
class CrashTest {
  private static final int SEEDS = 8;
  private static final int STEPS = 60;
  private static final long LIMIT = 100;

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
  void noCrashLosesAReservationOrLeaksOne() {
    int crashes = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      crashes += new Run(seed).play();
    }
    assertThat(crashes).isGreaterThan(SEEDS * 5);
  }

  @Test
  void anUnknownOutcomeIsFoundByItsIdempotencyKeyOrEndsInItsTime() {
    Quota quota = Quotas.of(QuotaDimension.INPUT_TOKENS, QuotaWindow.of(WindowKind.DAY), 10);
    String tenant = fixture.newTenant();
    fixture.put(tenant, List.of(quota));
    // The balance is there, so that the next transaction is the one that holds.
    Reserving.granted(fixture.reservations.reserve(tenant, request(tokens(0))));
    ReservationService losing = fixture.service(new LostAnswers(fixture.store), fixture.books);
    GrantRequest keyed = request(null, "ann", tokens(6), key("lost", 1));
    assertThatThrownBy(() -> losing.reserve(tenant, keyed))
        .isInstanceOf(DatabaseUnavailableException.class);
    assertThat(fixture.reservations.reserve(tenant, keyed)).isInstanceOf(Outcome.Replayed.class);
    assertThatThrownBy(() -> losing.reserve(tenant, request(tokens(4))))
        .isInstanceOf(DatabaseUnavailableException.class);
    assertThat(fixture.reservations.reserve(tenant, request(tokens(1))))
        .isInstanceOf(Outcome.Refused.class);
    fixture.clock.move(Reserving.TTL);
    Reserving.granted(fixture.reservations.reserve(tenant, request(tokens(10))));
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  /** Commits, and says nothing of it; once the balances are there. */
  private record LostAnswers(QuotaStore store) implements QuotaStore {
    @Override
    public <T> T transaction(String tenantId, Function<QuotaTransaction, T> work) {
      store.transaction(tenantId, work);
      throw new DatabaseUnavailableException("the answer was lost", null);
    }
  }

  /** One seed. */
  private static final class Run {
    private final long seed;
    private final Random random;
    private final String tenant = fixture.newTenant();
    private final Quota quota =
        Quotas.of(QuotaDimension.INPUT_TOKENS, QuotaWindow.of(WindowKind.LIFETIME), LIMIT);
    private final CrashingStore store;
    private final ReservationService service;
    private final List<UUID> known = new ArrayList<>();
    private final Map<UUID, Long> settled = new HashMap<>();

    Run(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      fixture.put(
          tenant,
          List.of(quota, Quotas.of(QuotaDimension.REQUESTS, Map.of(LedgerScope.USER, "*"), 40)));
      String database = fixture.ledger.single(tenant, "SELECT current_database()");
      this.store = new CrashingStore(fixture.store, id -> database, random, 4);
      this.service = fixture.service(store, fixture.otherBooks());
    }

    /** How often something died. */
    int play() {
      for (int step = 0; step < STEPS; step++) {
        step(step);
        assertThat(
                number(
                    "SELECT coalesce(sum(used + held), 0) FROM quota_balances WHERE quota_id = '"
                        + quota.id()
                        + "'"))
            .as("taken, seed %d, step %d", seed, step)
            .isLessThanOrEqualTo(LIMIT);
      }
      assertThat(fixture.findings(tenant)).as("seed %d", seed).isEmpty();
      assertThat(
              number("SELECT sum(used) FROM quota_balances WHERE quota_id = '" + quota.id() + "'"))
          .as("used, seed %d", seed)
          .isEqualTo(settled.values().stream().mapToLong(Long::longValue).sum());
      fixture.clock.move(Reserving.TTL);
      fixture.expiry.run(tenant);
      assertThat(number("SELECT sum(held) FROM quota_balances"))
          .as("held after all times are over, seed %d", seed)
          .isZero();
      assertThat(fixture.findings(tenant)).as("at the end, seed %d", seed).isEmpty();
      return store.crashes;
    }

    private void step(int step) {
      switch (random.nextInt(6)) {
        case 0, 1, 2 -> reserve(step);
        case 3, 4 -> end();
        default -> fixture.clock.move(Reserving.TTL.dividedBy(10));
      }
    }

    /** Tries until it has an answer, as callers with a key do. */
    private void reserve(int step) {
      GrantRequest request =
          request("call-" + step, "ann", tokens(1 + random.nextInt(12)), key("key-" + step, step));
      Outcome outcome = until(() -> service.reserve(tenant, request));
      if (outcome instanceof Outcome.Granted granted) {
        known.add(granted.grant().reservation().id());
      } else if (outcome instanceof Outcome.Replayed replayed) {
        known.add(id(replayed));
      }
    }

    private static UUID id(Outcome.Replayed replayed) {
      String body = replayed.answer().getEntity().toString();
      return UUID.fromString(body.substring(body.indexOf(':') + 2, body.length() - 2));
    }

    private void end() {
      if (known.isEmpty()) {
        return;
      }
      UUID id = known.remove(random.nextInt(known.size()));
      Reservation before = fixture.reservations.get(tenant, id);
      if (before.open() && random.nextInt(3) == 0) {
        until(() -> service.end(tenant, release(id)));
      } else if (!before.overdue(fixture.clock.instant()) && before.open()) {
        long actual = random.nextLong(before.estimates().inputTokens() + 1);
        until(() -> service.end(tenant, settle(id, tokens(actual))));
        settled.put(id, actual);
      }
    }

    private Outcome until(Supplier<Outcome> attempt) {
      while (true) {
        try {
          return attempt.get();
        } catch (DatabaseUnavailableException e) {
          // Perhaps it was done, perhaps not.
          continue;
        }
      }
    }

    private long number(String sql) {
      return Long.parseLong(fixture.ledger.single(tenant, sql));
    }
  }
}
