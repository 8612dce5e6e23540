package io.platformapi.service.bench;

import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.PlatformUnderTest;
import java.util.List;
import java.util.Map;

/**
 * An empty resource that the policy guards, against one of the same server that any valid token
 * reaches: what the guard costs.
 */
final class AuthzHttpBenchmark implements Benchmark {
  @Override
  public String name() {
    return "authz-http";
  }

  @Override
  public BenchResult run(Progress progress) throws Exception {
    try (PlatformUnderTest platform = BenchPlatform.start(PlatformSettings.create())) {
      BenchTenant tenant = BenchTenant.make(platform);
      Map<String, String> headers = tenant.headers();
      HttpLoad guarded =
          new HttpLoad(platform.url(), "GET", "/v1/empty", headers, new byte[0], 200);
      HttpLoad unguarded =
          new HttpLoad(platform.url(), "GET", "/v1/empty/own", headers, new byte[0], 200);
      return HttpRounds.compare(
          name(),
          guarded,
          unguarded,
          progress,
          List.of(
              BenchTenant.RULES
                  + " rules of the tenant, "
                  + BenchTenant.ASKED
                  + " of them about the resource; the caller has a role, an attribute, a scope"));
    }
  }
}
