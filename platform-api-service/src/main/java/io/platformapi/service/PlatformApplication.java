package io.platformapi.service;

import ch.qos.logback.classic.Level;
import io.dropwizard.configuration.EnvironmentVariableSubstitutor;
import io.dropwizard.configuration.SubstitutingSourceProvider;
import io.dropwizard.core.Application;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.platformapi.routes.Ports;
import io.platformapi.service.cache.Caches;
import io.platformapi.service.command.DevCommand;
import io.platformapi.service.http.HttpRules;
import io.platformapi.service.http.Metrics;
import io.platformapi.service.wiring.AdminMigrations;
import io.platformapi.service.wiring.Databases;
import io.platformapi.service.wiring.Features;
import io.platformapi.service.wiring.Health;
import io.platformapi.service.wiring.Routes;
import io.platformapi.service.wiring.Security;
import java.time.Clock;

/** The program. */
public class PlatformApplication extends Application<PlatformConfiguration> {

  public static void main(String[] arguments) throws Exception {
    new PlatformApplication().run(arguments);
  }

  @Override
  public String getName() {
    return "platform-api";
  }

  /** Before the configuration is read, only what is wrong. */
  @Override
  protected Level bootstrapLogLevel() {
    return Level.ERROR;
  }

  @Override
  public void initialize(Bootstrap<PlatformConfiguration> bootstrap) {
    bootstrap.setConfigurationSourceProvider(
        new SubstitutingSourceProvider(
            bootstrap.getConfigurationSourceProvider(), new EnvironmentVariableSubstitutor(false)));
    bootstrap.addBundle(new AdminMigrations());
    bootstrap.addCommand(new DevCommand(this));
  }

  @Override
  public void run(PlatformConfiguration configuration, Environment environment) throws Exception {
    Clock clock = Clock.systemUTC();
    Metrics metrics = new Metrics(environment.metrics());
    metrics.serve(environment);
    new HttpRules(metrics.meters()).install(configuration.getServerFactory(), environment);
    Caches caches = new Caches(metrics.meters());
    Databases databases =
        Databases.open(
            configuration,
            environment,
            caches,
            Features.adminEntities(),
            Features.tenantEntities());
    Features features =
        new Features(
            configuration,
            databases,
            caches,
            environment.getObjectMapper(),
            metrics.meters(),
            clock);
    Health.install(configuration, environment, databases, clock);
    Ports ports = features.ports(configuration.gateway()::credentialsOf);
    Routes routes = new Routes(configuration, ports, metrics.meters());
    features.register(configuration, environment, routes.integration());
    // Managed late, so stopped early: nothing is ingested by a service that is going away.
    environment.lifecycle().manage(routes);
    Security.install(
        configuration,
        environment,
        features,
        routes.integration().gateway(),
        caches,
        metrics.meters(),
        clock);
  }
}
