package io.platformapi.service.wiring;

import io.dropwizard.lifecycle.Managed;
import io.platformapi.service.persistence.TenantUpgrade;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings tenant databases up to date in the background after the start: one that fails holds nobody
 * up.
 */
final class UpgradeAtStart implements Managed {
  private static final Logger log = LoggerFactory.getLogger(UpgradeAtStart.class);

  private final TenantUpgrade upgrade;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread daemon = new Thread(task, "tenant-upgrade");
            daemon.setDaemon(true);
            return daemon;
          });

  UpgradeAtStart(TenantUpgrade upgrade) {
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
    try {
      upgrade.run();
    } catch (RuntimeException e) {
      log.error("tenant databases could not be brought up to date; the next start tries again", e);
    }
  }
}
