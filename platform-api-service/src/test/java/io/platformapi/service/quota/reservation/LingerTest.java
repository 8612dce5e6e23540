package io.platformapi.service.quota.reservation;

import static io.platformapi.service.quota.reservation.Reserving.request;
import static io.platformapi.service.quota.reservation.Reserving.settle;
import static io.platformapi.service.quota.reservation.Reserving.tokens;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.platformapi.service.quota.QuotaFixture;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.Quotas;
import io.platformapi.service.quota.engine.WindowKind;
import io.platformapi.service.testing.Latches;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who waits does so until the test lets him go on. */
@Timeout(120)
class LingerTest {
  private static final Duration TIME = Duration.ofMillis(2);

  private static QuotaFixture fixture;

  private final ExecutorService callers = Executors.newCachedThreadPool();
  private final List<Long> pauses = new ArrayList<>();

  @BeforeAll
  static void start() {
    fixture = new QuotaFixture();
  }

  @AfterEach
  void stopCallers() {
    callers.shutdownNow();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void whoIsAloneWaitsForNobody() {
    Linger linger = new Linger(TIME, pauses::add);
    linger.hurried("bolt", () -> settles(linger));
    linger.patient("acme", () -> null);
    linger.hurried("acme", () -> null);
    settles(linger);
    assertThat(pauses).isEmpty();
  }

  @Test
  void whoIsNotAloneWaitsForMoreOfHisKind() {
    Linger linger = new Linger(TIME, pauses::add);
    linger.patient("acme", () -> settles(linger));
    assertThat(pauses).containsExactly(TIME.toNanos());
  }

  @Test
  void thenHeWaitsForThoseInAHurryButNotForEver() {
    Linger linger = new Linger(TIME, pauses::add);
    linger.hurried("acme", () -> settles(linger));
    assertThat(pauses).startsWith(TIME.toNanos()).hasSizeGreaterThan(5);
    assertThat(pauses.stream().mapToLong(Long::longValue).sum()).isEqualTo(2 * TIME.toNanos());
  }

  @Test
  void heWaitsNoLongerThanTheyAreUnderWay() {
    CountDownLatch came = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<Object> reserved = new CompletableFuture<>();
    Linger linger =
        new Linger(
            TIME,
            nanos -> {
              pauses.add(nanos);
              if (pauses.size() == 3) {
                go.countDown();
                reserved.join();
              }
            });
    callers.execute(
        () ->
            reserved.complete(
                linger.hurried(
                    "acme",
                    () -> {
                      came.countDown();
                      Latches.pass(go);
                      return "reserved";
                    })));
    Latches.pass(came);
    settles(linger);
    assertThat(pauses).hasSize(3);
  }

  @Test
  void withoutATimeNobodyWaits() {
    Linger linger = new Linger(Duration.ZERO, pauses::add);
    linger.hurried("acme", () -> settles(linger));
    assertThat(pauses).isEmpty();
  }

  private static Object settles(Linger linger) {
    return linger.patient(
        "acme",
        () -> {
          linger.await("acme");
          return "settled";
        });
  }

  @Test
  void oneCallersSettlementsWaitForNobody() {
    String tenant = tenant();
    ReservationService node = fixture.service(new Linger(TIME, pauses::add));
    Reserving.ended(node.end(tenant, settle(reserved(node, tenant), tokens(1))));
    Reserving.ended(node.end(tenant, Reserving.release(reserved(node, tenant))));
    assertThat(pauses).isEmpty();
  }

  @Test
  void whatIsSettledTogetherIsOneBatchAndReservationsDoNotWait() {
    String tenant = tenant();
    CountDownLatch lingers = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    LongConsumer pause =
        nanos -> {
          lingers.countDown();
          Latches.pass(go);
        };
    Linger linger = new Linger(TIME, pause);
    ReservationService node = fixture.service(linger);
    List<UUID> made = List.of(reserved(node, tenant), reserved(node, tenant));
    List<CompletableFuture<Outcome>> settled = new ArrayList<>();
    linger.patient(
        tenant,
        () -> {
          settled.add(
              CompletableFuture.supplyAsync(
                  () -> node.end(tenant, settle(made.get(0), tokens(3))), callers));
          Latches.pass(lingers);
          assertThat(reserved(node, tenant)).isNotNull();
          CompletableFuture<Thread> follower = new CompletableFuture<>();
          settled.add(
              CompletableFuture.supplyAsync(
                  () -> {
                    follower.complete(Thread.currentThread());
                    return node.end(tenant, settle(made.get(1), tokens(4)));
                  },
                  callers));
          Thread waiting = follower.join();
          await().until(() -> waiting.getState() == Thread.State.WAITING);
          go.countDown();
          return settled.stream().map(CompletableFuture::join).toList();
        });
    assertThat(settled).allMatch(outcome -> !Reserving.ended(outcome.join()).open());
    assertThat(fixture.ledger.single(tenant, "SELECT count(*) FROM ledger_batches")).isEqualTo("1");
    assertThat(fixture.ledger.single(tenant, "SELECT sum(events) FROM ledger_batches"))
        .isEqualTo("2");
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  private static String tenant() {
    String tenant = fixture.newTenant();
    fixture.put(
        tenant,
        List.of(Quotas.of(QuotaDimension.INPUT_TOKENS, QuotaWindow.of(WindowKind.DAY), 1000)));
    return tenant;
  }

  private static UUID reserved(ReservationService node, String tenant) {
    return Reserving.granted(node.reserve(tenant, request(tokens(1)))).id();
  }
}
