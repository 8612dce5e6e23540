package io.platformapi.service.bench;

import static org.awaitility.Awaitility.await;

import io.platformapi.service.testing.GeneratedTraffic;
import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.TopicWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * {@code GET /v1/quotas/usage} of a tenant with usage and a quota, against an empty resource of the
 * same server that asks for the same permission; a note compares with one that is open to all.
 */
final class UsageHttpBenchmark implements Benchmark {
  private static final int CONNECTIONS = 4;
  private static final int WARM_UP = 3_000;
  private static final int REQUESTS = 3_000;
  private static final int ROUNDS = 5;
  private static final int EVENTS = 5_000;
  private static final String TENANT = "acme";

  @Override
  public String name() {
    return "usage-http";
  }

  @Override
  public BenchResult run(Progress progress) throws Exception {
    try (PlatformUnderTest platform = BenchPlatform.start(PlatformSettings.create())) {
      prepare(platform);
      Map<String, String> headers =
          Map.of("Authorization", "Bearer " + platform.token(), "X-Tenant-Id", TENANT);
      HttpLoad usage =
          new HttpLoad(platform.url(), "GET", "/v1/quotas/usage", headers, new byte[0], 200);
      HttpLoad empty = new HttpLoad(platform.url(), "GET", "/v1/empty", headers, new byte[0], 200);
      HttpLoad open =
          new HttpLoad(platform.url(), "GET", "/v1/empty/open", Map.of(), new byte[0], 200);
      usage.run(CONNECTIONS, WARM_UP);
      empty.run(CONNECTIONS, WARM_UP);
      open.run(CONNECTIONS, WARM_UP);
      double[] ours = new double[ROUNDS];
      double[] base = new double[ROUNDS];
      double[] openBase = new double[ROUNDS];
      double[] p99 = new double[ROUNDS];
      double[] baseP99 = new double[ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        HttpLoad.Run baseRun = empty.run(CONNECTIONS, REQUESTS);
        HttpLoad.Run ourRun = usage.run(CONNECTIONS, REQUESTS);
        openBase[round] = open.run(CONNECTIONS, REQUESTS).perSecond();
        base[round] = baseRun.perSecond();
        ours[round] = ourRun.perSecond();
        baseP99[round] = baseRun.p99();
        p99[round] = ourRun.p99();
        progress.say(
            String.format(
                Locale.ROOT, "round %d: %.0f/s against %.0f/s", round, ours[round], base[round]));
      }
      return BenchResult.ofRounds(
          name(),
          ours,
          base,
          "requests/s",
          List.of(
              String.format(
                  Locale.ROOT,
                  "p99 ours %.2f ms, empty %.2f ms, %d connections",
                  BenchResult.median(p99),
                  BenchResult.median(baseP99),
                  CONNECTIONS),
              String.format(
                  Locale.ROOT,
                  "an empty resource open to all: %.0f/s, ratio %.3f",
                  BenchResult.median(openBase),
                  BenchResult.median(ours) / BenchResult.median(openBase))));
    }
  }

  private static void prepare(PlatformUnderTest platform) {
    platform.createTenant(TENANT);
    platform
        .client()
        .forTenant(TENANT)
        .put(
            "/v1/quotas",
            """
            {"items":[{"dimension":"cost","scope":{"type":"tenant"},"window":"month",
            "limit":{"amount":"1000","currency":"USD"},"mode":"enforce"}]}
            """)
        .mustBe(200);
    GeneratedTraffic traffic =
        new GeneratedTraffic(1, EVENTS, List.of(TENANT), Instant.now().minusSeconds(3600));
    try (TopicWriter topic = new TopicWriter(platform.settings().usageTopic())) {
      traffic.forEach(event -> topic.send(event.tenant(), event.value()));
    }
    await("the traffic to be posted")
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                platform
                        .client()
                        .forTenant(TENANT)
                        .get("/v1/quotas/usage?window=lifetime")
                        .json()
                        .at("/items/0/usage/requests")
                        .asLong()
                    == EVENTS);
  }
}
