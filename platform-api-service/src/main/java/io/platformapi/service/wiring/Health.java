package io.platformapi.service.wiring;

import io.dropwizard.core.setup.Environment;
import io.platformapi.service.PlatformConfiguration;
import io.platformapi.service.health.HealthMonitor;
import io.platformapi.service.health.HealthResource;
import io.platformapi.service.health.PostgresCheck;
import io.platformapi.service.health.Probe;
import io.platformapi.service.health.RedisCheck;
import io.platformapi.service.health.TcpCheck;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** Health: PostgreSQL is needed for every answer; without Kafka and Redis reading goes on. */
public final class Health {
  private static final Duration INTERVAL = Duration.ofSeconds(2);

  private Health() {}

  /** Probes the servers in the background and serves what they said. */
  public static void install(
      PlatformConfiguration configuration,
      Environment environment,
      Databases databases,
      Clock clock) {
    HealthMonitor monitor =
        new HealthMonitor(
            List.of(
                new Probe("postgresql", true, new PostgresCheck(databases.admin())),
                new Probe(
                    "kafka",
                    false,
                    new TcpCheck(List.of(configuration.kafka().brokers().split(",")))),
                new Probe(
                    "redis",
                    false,
                    new RedisCheck(configuration.redis().host(), configuration.redis().port()))),
            INTERVAL,
            clock);
    environment.lifecycle().manage(monitor);
    monitor.register(environment.healthChecks());
    environment.jersey().register(new HealthResource(monitor));
  }
}
