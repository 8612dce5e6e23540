package io.platformapi.routes.ingestion;

import io.platformapi.routes.ingestion.TenantStorer.Leftover;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** Stores the tenants of a batch side by side and returns when all are done. */
final class ParallelStorer {
  private final TenantStorer storer;
  private final ExecutorService executor;

  ParallelStorer(TenantStorer storer, ExecutorService executor) {
    this.storer = storer;
    this.executor = executor;
  }

  /**
   * Waits for every tenant, also when one fails: nothing of a batch may still run when it is read
   * again.
   */
  List<Leftover> store(Map<String, List<PendingEvent>> byTenant, InPlaceRetry retry) {
    List<Leftover> leftovers = new ArrayList<>(byTenant.size());
    if (byTenant.size() == 1) {
      byTenant.forEach((tenant, events) -> leftovers.add(storer.store(tenant, events, retry)));
      return leftovers;
    }
    List<Future<Leftover>> running = new ArrayList<>(byTenant.size());
    byTenant.forEach(
        (tenant, events) ->
            running.add(executor.submit(() -> storer.store(tenant, events, retry))));
    RuntimeException failure = null;
    boolean interrupted = false;
    for (Future<Leftover> tenant : running) {
      while (true) {
        try {
          leftovers.add(tenant.get());
          break;
        } catch (ExecutionException e) {
          failure = failed(e.getCause());
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      throw failure;
    }
    return leftovers;
  }

  private static RuntimeException failed(Throwable cause) {
    return cause instanceof RuntimeException e ? e : new IllegalStateException(cause);
  }
}
