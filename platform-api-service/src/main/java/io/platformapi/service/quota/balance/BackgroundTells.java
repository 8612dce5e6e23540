package io.platformapi.service.quota.balance;

import io.dropwizard.lifecycle.Managed;
import io.platformapi.service.concurrent.DaemonThreads;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the shared copy in the background what was committed: nobody's answer waits for it. A
 * tenant's words of a moment are told as one, of each balance only the last. This node's own reads
 * know the words that are not told yet; one that is lost with the node is one that the database
 * tells the copy later, as any.
 */
public final class BackgroundTells implements BalanceCopy, Managed {
  private static final Logger LOG = LoggerFactory.getLogger(BackgroundTells.class);
  private static final Duration GATHERING = Duration.ofMillis(5);
  private static final Duration STOP = Duration.ofSeconds(2);
  private static final int MOST = 10_000;

  private final BalanceCopy shared;
  private final Duration gathering;
  private final int most;
  private final ScheduledExecutorService background =
      Executors.newSingleThreadScheduledExecutor(new DaemonThreads("quota-copy-tells"));
  private Map<String, Map<BalanceKey, Balance>> words = new HashMap<>();
  private Map<String, Map<BalanceKey, Balance>> beingTold = Map.of();
  private int balances;
  private boolean running;

  public BackgroundTells(BalanceCopy shared) {
    this(shared, GATHERING, MOST);
  }

  /**
   * @param gathering how long words are gathered
   * @param most balances that may wait; who comes when there are so many tells the copy himself
   */
  BackgroundTells(BalanceCopy shared, Duration gathering, int most) {
    this.shared = shared;
    this.gathering = gathering;
    this.most = most;
  }

  @Override
  public synchronized void start() {
    running = true;
  }

  /** What waits is told before it returns; who comes later tells the copy himself. */
  @Override
  public void stop() throws InterruptedException {
    synchronized (this) {
      running = false;
    }
    // What is scheduled is done before.
    background.shutdown();
    background.awaitTermination(STOP.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void tell(String tenantId, Collection<Balance> changed) {
    if (!noted(tenantId, changed)) {
      shared.tell(tenantId, changed);
    }
  }

  private synchronized boolean noted(String tenantId, Collection<Balance> changed) {
    if (!running || balances >= most) {
      return false;
    }
    if (words.isEmpty()) {
      background.schedule(this::tellAll, gathering.toNanos(), TimeUnit.NANOSECONDS);
    }
    Map<BalanceKey, Balance> last = words.computeIfAbsent(tenantId, id -> new HashMap<>());
    int before = last.size();
    changed.forEach(balance -> last.merge(balance.key(), balance, BackgroundTells::later));
    balances += last.size() - before;
    return true;
  }

  private static Balance later(Balance one, Balance other) {
    return one.version() < other.version() ? other : one;
  }

  private void tellAll() {
    take().forEach(this::send);
    told();
  }

  private synchronized Map<String, Map<BalanceKey, Balance>> take() {
    beingTold = words;
    words = new HashMap<>();
    balances = 0;
    return beingTold;
  }

  private synchronized void told() {
    beingTold = Map.of();
  }

  private void send(String tenantId, Map<BalanceKey, Balance> changed) {
    try {
      shared.tell(tenantId, changed.values());
    } catch (RuntimeException e) {
      LOG.warn("the copy of balances of {} was not told", tenantId, e);
    }
  }

  @Override
  public CopyAnswer read(String tenantId, List<BalanceKey> keys) {
    // First: what is told meanwhile may come after the answer.
    Map<BalanceKey, Balance> untold = untold(tenantId);
    CopyAnswer answer = shared.read(tenantId, keys);
    if (untold.isEmpty()) {
      return answer;
    }
    Map<BalanceKey, Balance> found = new HashMap<>(answer.balances());
    untold.forEach(
        (key, balance) -> found.computeIfPresent(key, (same, copied) -> later(copied, balance)));
    return new CopyAnswer(found, answer.passing(), answer.seen());
  }

  private synchronized Map<BalanceKey, Balance> untold(String tenantId) {
    Map<BalanceKey, Balance> told = beingTold.getOrDefault(tenantId, Map.of());
    Map<BalanceKey, Balance> last = words.getOrDefault(tenantId, Map.of());
    if (last.isEmpty()) {
      return told;
    }
    Map<BalanceKey, Balance> all = new HashMap<>(told);
    all.putAll(last);
    return all;
  }

  @Override
  public void fill(String tenantId, Collection<Copied> read, String seen) {
    shared.fill(tenantId, read, seen);
  }

  @Override
  public String seen(String tenantId) {
    return shared.seen(tenantId);
  }

  @Override
  public Map<String, List<BalanceKey>> aging() {
    return shared.aging();
  }

  @Override
  public Optional<CopyChanges> since(String tenantId, CopyChanges.Place place) {
    return shared.since(tenantId, place);
  }
}
