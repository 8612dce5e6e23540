package io.platformapi.service.command;

import io.dropwizard.configuration.FileConfigurationSourceProvider;
import io.dropwizard.configuration.SubstitutingSourceProvider;
import io.dropwizard.core.Application;
import io.dropwizard.core.ConfiguredBundle;
import io.dropwizard.core.cli.ServerCommand;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.lifecycle.AutoCloseableManager;
import io.platformapi.service.PlatformConfiguration;
import io.platformapi.service.local.Console;
import io.platformapi.service.local.Demo;
import io.platformapi.service.local.LocalPlatform;
import net.sourceforge.argparse4j.impl.Arguments;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import org.apache.commons.text.StringSubstitutor;
import org.eclipse.jetty.util.component.LifeCycle;

/**
 * {@code dev}: the whole product on embedded servers, with demo tenants and recorded traffic. The
 * service reads the same config.yml as everywhere, with the embedded servers in place of the
 * environment.
 */
public final class DevCommand extends ServerCommand<PlatformConfiguration> {
  private static final String STOP_WITH_PARENT = "stopWithParent";

  private final Console console = new Console(System.out);

  public DevCommand(Application<PlatformConfiguration> application) {
    super(application, "dev", "Runs everything on embedded servers, with demo tenants and traffic");
  }

  @Override
  public void configure(Subparser subparser) {
    super.configure(subparser);
    subparser
        .addArgument("--stop-with-parent")
        .dest(STOP_WITH_PARENT)
        .action(Arguments.storeTrue())
        .help("end when the process that started this one has ended");
  }

  @Override
  public void run(Bootstrap<?> bootstrap, Namespace namespace) throws Exception {
    if (Boolean.TRUE.equals(namespace.getBoolean(STOP_WITH_PARENT))) {
      ProcessHandle.current()
          .parent()
          .ifPresent(parent -> parent.onExit().thenRun(() -> System.exit(0)));
    }
    console.line("Platform API on embedded servers");
    LocalPlatform local = LocalPlatform.start(console);
    Demo demo = new Demo(local, console);
    bootstrap.setConfigurationSourceProvider(
        new SubstitutingSourceProvider(
            new FileConfigurationSourceProvider(),
            new StringSubstitutor(key -> local.variables().getOrDefault(key, System.getenv(key)))));
    bootstrap.addBundle(new StopInOrder(local, demo));
    try {
      super.run(bootstrap, namespace);
      demo.start();
    } catch (Exception e) {
      local.close();
      throw e;
    }
  }

  /** Stops the traffic before the service and the embedded servers after it. */
  private record StopInOrder(LocalPlatform local, Demo demo) implements ConfiguredBundle<Object> {
    @Override
    public void run(Object configuration, Environment environment) {
      // Managed first, so stopped last.
      environment.lifecycle().manage(new AutoCloseableManager(local));
      environment
          .lifecycle()
          .addEventListener(
              new LifeCycle.Listener() {
                @Override
                public void lifeCycleStopping(LifeCycle event) {
                  demo.stop();
                }
              });
    }
  }
}
