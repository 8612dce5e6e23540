package io.platformapi.service.quota.reservation;

import io.dropwizard.lifecycle.Managed;
import io.platformapi.service.concurrent.DaemonThreads;
import io.platformapi.service.quota.balance.BalanceCopy;
import io.platformapi.service.quota.balance.Copied;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Quota;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads balances that are asked for again and again before the copy forgets them, many at once, so
 * that those who ask need not wait for the database one by one.
 */
public final class CopyRenewer implements Managed {
  private static final Logger LOG = LoggerFactory.getLogger(CopyRenewer.class);
  private static final Duration PAUSE = Duration.ofMillis(100);

  /** Others of the tenant, and of Redis, wait meanwhile. */
  private static final int MOST_AT_ONCE = 100;

  private final QuotaWork work;
  private final BalanceCopy copy;
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(new DaemonThreads("quota-copy"));

  public CopyRenewer(QuotaWork work, BalanceCopy copy) {
    this.work = work;
    this.copy = copy;
  }

  @Override
  public void start() {
    executor.scheduleWithFixedDelay(
        this::renew, PAUSE.toMillis(), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void stop() {
    executor.shutdownNow();
  }

  /** Renews what is nearly forgotten; what cannot be read is forgotten, and asked for. */
  void renew() {
    for (Map.Entry<String, List<BalanceKey>> tenant : copy.aging().entrySet()) {
      try {
        List<BalanceKey> keys = tenant.getValue();
        for (int from = 0; from < keys.size(); from += MOST_AT_ONCE) {
          renew(tenant.getKey(), keys.subList(from, Math.min(keys.size(), from + MOST_AT_ONCE)));
        }
      } catch (RuntimeException e) {
        LOG.debug("balances of {} cannot be renewed now", tenant.getKey(), e);
      }
    }
  }

  private void renew(String tenantId, List<BalanceKey> keys) {
    String seen = copy.seen(tenantId);
    List<Copied> present =
        work.run(
            tenantId,
            (transaction, book, now) -> {
              QuotaWork.open(transaction, book, Opening.bare(now));
              SortedMap<BalanceKey, Quota> wanted = new TreeMap<>();
              for (BalanceKey key : keys) {
                book.quotaOf(key).ifPresent(quota -> wanted.put(key, quota));
              }
              return PresentBalances.read(transaction, wanted, now).copied(wanted);
            });
    if (!present.isEmpty()) {
      copy.fill(tenantId, present, seen);
    }
  }
}
