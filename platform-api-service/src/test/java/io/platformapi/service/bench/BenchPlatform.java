package io.platformapi.service.bench;

import io.dropwizard.core.setup.Environment;
import io.platformapi.service.PlatformApplication;
import io.platformapi.service.PlatformConfiguration;
import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.PlatformUnderTest;

/** The whole service with an empty resource beside its own, to compare with. */
final class BenchPlatform {
  private BenchPlatform() {}

  static PlatformUnderTest start(PlatformSettings settings) throws Exception {
    return PlatformUnderTest.start(settings, WithEmptyResource::new);
  }

  private static final class WithEmptyResource extends PlatformApplication {
    @Override
    public void run(PlatformConfiguration configuration, Environment environment) throws Exception {
      super.run(configuration, environment);
      environment.jersey().register(new EmptyResource());
    }
  }
}
