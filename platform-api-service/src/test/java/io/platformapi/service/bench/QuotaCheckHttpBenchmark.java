package io.platformapi.service.bench;

import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.PlatformUnderTest;
import java.util.List;

/** {@code POST /v1/quotas/check} of one call, against an empty resource of the same server. */
final class QuotaCheckHttpBenchmark implements Benchmark {
  private final boolean spread;

  /**
   * @param spread over many quotas, instead of one
   */
  QuotaCheckHttpBenchmark(boolean spread) {
    this.spread = spread;
  }

  @Override
  public String name() {
    return spread ? "quota-check-http-spread" : "quota-check-http";
  }

  @Override
  public BenchResult run(Progress progress) throws Exception {
    try (PlatformUnderTest platform = BenchPlatform.start(PlatformSettings.create())) {
      BenchQuotas quotas = BenchQuotas.make(platform, spread);
      HttpLoad check = new HttpLoad(platform.url(), quotas.posts("/v1/quotas/check"), 200);
      return HttpRounds.compare(name(), check, quotas.empty(), progress, List.of(quotas.told()));
    }
  }
}
