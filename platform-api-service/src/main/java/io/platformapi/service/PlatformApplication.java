package io.platformapi.service;

import ch.qos.logback.classic.Level;
import io.dropwizard.configuration.EnvironmentVariableSubstitutor;
import io.dropwizard.configuration.SubstitutingSourceProvider;
import io.dropwizard.core.Application;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.platformapi.service.command.DevCommand;
import io.platformapi.service.http.HttpRules;
import io.platformapi.service.http.Metrics;
import io.platformapi.service.wiring.Databases;
import java.util.List;

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
    bootstrap.addCommand(new DevCommand(this));
  }

  @Override
  public void run(PlatformConfiguration configuration, Environment environment) throws Exception {
    Metrics metrics = new Metrics(environment.metrics());
    new HttpRules(metrics.meters()).install(configuration.getServerFactory(), environment);
    metrics.serve(environment);
    Databases.open(configuration, environment, List.of(), List.of());
  }
}
