package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.usage.LedgerChecks;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Many clients of two nodes, and a quota that must be granted to the last unit and no further. */
class ConcurrentReservationsTest {
  private static final int CLIENTS = 64;
  private static final String RESERVATIONS = "/v1/quotas/reservations";
  private static PlatformUnderTest one;
  private static PlatformUnderTest two;

  @BeforeAll
  static void start() throws Exception {
    one = PlatformUnderTest.start();
    two = PlatformUnderTest.start(one.settings());
  }

  @AfterAll
  static void stop() {
    two.close();
    one.close();
  }

  @Test
  void tenThousandUnitsAreGrantedExactly() throws Exception {
    long granted =
        everybody(
            tenant("exact", "{\"dimension\":\"requests\",\"window\":\"lifetime\",\"limit\":10000}"),
            random -> 1);
    assertThat(granted).isEqualTo(10_000);
  }

  @Test
  void amountsOfAnySizeNeverAddUpToMoreThanTheLimit() throws Exception {
    String tenant =
        tenant(
            "sizes",
            """
            {"dimension": "requests", "window": "lifetime", "limit": 10000},
            {"dimension": "requests", "window": "day", "scope": {"model": "*"}, "limit": 4000},
            {"dimension": "requests", "window": {"kind": "rolling", "length": "P1D"},
             "scope": {"user": "*", "model": "*"}, "limit": 900}""");
    long granted = everybody(tenant, random -> 1 + random.nextInt(60));
    // 16 users of each of 4 models: 900 each, 4000 for a model, 10000 for all.
    assertThat(granted).isBetween(9_940L, 10_000L);
  }

  private interface Amounts {
    long next(Random random);
  }

  /** Everybody reserves until everybody is refused; what was granted in all. */
  private static long everybody(String tenant, Amounts amounts) throws Exception {
    AtomicLong granted = new AtomicLong();
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int number = i;
        PlatformClient client = (i % 2 == 0 ? one : two).clientOf(tenant);
        running.add(clients.submit(() -> client(client, number, amounts, granted)));
      }
      for (Future<?> client : running) {
        client.get();
      }
    } finally {
      clients.shutdownNow();
    }
    assertThat(LedgerChecks.findings(one.settings())).isEmpty();
    return granted.get();
  }

  private static void client(
      PlatformClient client, int number, Amounts amounts, AtomicLong granted) {
    Random random = new Random(number);
    int refusals = 0;
    while (refusals < 3) {
      long amount = refusals == 0 ? amounts.next(random) : 1;
      Answer answer =
          client.post(
              RESERVATIONS,
              "{\"subject\":{\"user\":\"u%d\"},\"model\":\"m%d\",\"estimates\":{\"requests\":%d}}"
                  .formatted(number / 4, number % 4, amount));
      if (answer.status() == 201) {
        granted.addAndGet(amount);
      } else {
        answer.mustBe(429);
        refusals++;
      }
    }
  }

  private static String tenant(String id, String quotas) {
    one.createTenant(id);
    one.clientOf(id).put("/v1/quotas", "{\"items\":[" + quotas + "]}").mustBe(200);
    return id;
  }
}
