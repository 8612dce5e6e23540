package io.platformapi.service.wiring;

import io.dropwizard.lifecycle.Managed;
import io.platformapi.service.concurrent.DaemonThreads;
import io.platformapi.service.persistence.TenantServers;
import io.platformapi.service.persistence.TenantTemplate;
import io.platformapi.service.persistence.TenantUpgrade;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What must be done after a start, in the background: make the template databases, so that the
 * first tenant does not wait for them, and bring tenant databases up to date. One that fails holds
 * nobody up.
 */
final class Upkeep implements Managed {
  private static final Logger log = LoggerFactory.getLogger(Upkeep.class);

  private final TenantServers servers;
  private final TenantTemplate template;
  private final TenantUpgrade upgrade;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(new DaemonThreads("tenant-upgrade"));

  Upkeep(TenantServers servers, TenantTemplate template, TenantUpgrade upgrade) {
    this.servers = servers;
    this.template = template;
    this.upgrade = upgrade;
  }

  @Override
  public void start() {
    thread.submit(this::run);
  }

  @Override
  public void stop() {
    thread.shutdownNow();
  }

  private void run() {
    for (String server : servers.names()) {
      attempt("the template database of server " + server, () -> template.ensure(server));
    }
    attempt("tenant databases", upgrade::run);
  }

  private static void attempt(String what, Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      log.error("{} could not be brought up to date", what, e);
    }
  }
}
