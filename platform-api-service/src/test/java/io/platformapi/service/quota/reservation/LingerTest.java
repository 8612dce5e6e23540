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
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nobody wakes who lingers but the tests: an hour never passes. */
@Timeout(120)
class LingerTest {
  private static QuotaFixture fixture;

  private final Linger linger = new Linger(Duration.ofHours(1));

  @BeforeAll
  static void start() {
    fixture = new QuotaFixture();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void whoIsAloneWaitsForNobody() {
    linger.came("a");
    linger.came("b");
    linger.await("a");
    linger.came("a");
    linger.left("a");
    linger.await("a");
  }

  @Test
  void whoIsNotAloneWaits() {
    linger.came("a");
    linger.came("a");
    Thread waiting = new Thread(() -> linger.await("a"));
    waiting.start();
    awaitLingering(waiting);
    LockSupport.unpark(waiting);
    await().until(() -> !waiting.isAlive());
  }

  @Test
  void withoutATimeNobodyWaits() {
    Linger none = new Linger(Duration.ZERO);
    none.came("a");
    none.came("a");
    none.await("a");
  }

  @Test
  void oneCallersSettlementsWaitForNobody() {
    String tenant = tenant();
    ReservationService node = fixture.service(linger);
    UUID reservation = reserved(node, tenant);
    Reserving.ended(node.end(tenant, settle(reservation, tokens(1))));
    Reserving.ended(node.end(tenant, Reserving.release(reserved(node, tenant))));
  }

  @Test
  void whatIsSettledTogetherIsOneBatchAndReservationsDoNotWait() throws Exception {
    String tenant = tenant();
    ReservationService node = fixture.service(linger);
    List<UUID> made = List.of(reserved(node, tenant), reserved(node, tenant));
    ExecutorService callers = Executors.newCachedThreadPool();
    try {
      // Somebody else is at work for the tenant.
      linger.came(tenant);
      CompletableFuture<Thread> leader = new CompletableFuture<>();
      CompletableFuture<Outcome> first =
          CompletableFuture.supplyAsync(
              () -> {
                leader.complete(Thread.currentThread());
                return node.end(tenant, settle(made.get(0), tokens(3)));
              },
              callers);
      awaitLingering(leader.join());
      assertThat(reserved(node, tenant)).isNotNull();
      CompletableFuture<Thread> follower = new CompletableFuture<>();
      CompletableFuture<Outcome> second =
          CompletableFuture.supplyAsync(
              () -> {
                follower.complete(Thread.currentThread());
                return node.end(tenant, settle(made.get(1), tokens(4)));
              },
              callers);
      Thread waiting = follower.join();
      await().until(() -> waiting.getState() == Thread.State.WAITING);
      LockSupport.unpark(leader.join());
      assertThat(List.of(first.join(), second.join()))
          .allMatch(outcome -> !Reserving.ended(outcome).open());
    } finally {
      callers.shutdownNow();
    }
    assertThat(fixture.ledger.single(tenant, "SELECT count(*) FROM ledger_batches")).isEqualTo("1");
    assertThat(fixture.ledger.single(tenant, "SELECT sum(events) FROM ledger_batches"))
        .isEqualTo("2");
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  private static void awaitLingering(Thread thread) {
    await().until(() -> LockSupport.getBlocker(thread) instanceof Linger);
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
