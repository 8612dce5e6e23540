package io.platformapi.service.bench;

import static org.awaitility.Awaitility.await;

import io.dropwizard.core.setup.Environment;
import io.platformapi.service.PlatformApplication;
import io.platformapi.service.PlatformConfiguration;
import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.PlatformUnderTest;
import java.time.Duration;

/** The whole service with an empty resource beside its own, to compare with. */
final class BenchPlatform {
  private BenchPlatform() {}

  static PlatformUnderTest start(PlatformSettings settings) throws Exception {
    PlatformUnderTest platform = PlatformUnderTest.start(settings, WithEmptyResource::new);
    // The first token makes a cold node fetch the issuer's keys, which may take too long.
    await("the token to be believed")
        .atMost(Duration.ofSeconds(30))
        .until(() -> platform.client().get("/v1/tenants").status() == 200);
    return platform;
  }

  private static final class WithEmptyResource extends PlatformApplication {
    @Override
    public void run(PlatformConfiguration configuration, Environment environment) throws Exception {
      super.run(configuration, environment);
      environment.jersey().register(new EmptyResource());
    }
  }
}
