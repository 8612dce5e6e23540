package io.platformapi.service.bench;

import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.PlatformUnderTest;
import java.util.List;
import java.util.Map;

/** An empty resource that needs a valid token, against one of the same server open to all. */
final class AuthnHttpBenchmark implements Benchmark {
  @Override
  public String name() {
    return "authn-http";
  }

  @Override
  public BenchResult run(Progress progress) throws Exception {
    try (PlatformUnderTest platform = BenchPlatform.start(PlatformSettings.create())) {
      Map<String, String> headers = BenchTenant.make(platform).headers();
      HttpLoad verified =
          new HttpLoad(platform.url(), "GET", "/v1/empty/own", headers, new byte[0], 200);
      HttpLoad open =
          new HttpLoad(platform.url(), "GET", "/v1/empty/open", Map.of(), new byte[0], 200);
      return HttpRounds.compare(name(), verified, open, progress, List.of());
    }
  }
}
