package io.platformapi.service.policy;

import io.platformapi.service.persistence.DatabaseUnavailableException;
import io.platformapi.service.policy.engine.PolicySnapshot;
import io.platformapi.service.policy.engine.PolicyVersion;
import io.platformapi.service.problem.UnavailableException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Policy in memory, compared with the versions in the databases twice a second while it is asked
 * for.
 *
 * <p>Policy whose version cannot be compared is good for a moment longer; then nothing is decided
 * by it. Policy that was changed on this node is read anew before the next decision.
 */
final class PolicySnapshots implements PolicyChanges {
  static final Duration FRESH = Duration.ofMillis(500);
  static final Duration USABLE = Duration.ofSeconds(5);

  /** Longest wait for another thread that reads. */
  private static final Duration WAIT = Duration.ofSeconds(2);

  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final PolicyReader reader;
  private final Held<PolicySnapshot> platform;
  private final Map<String, Held<TenantPolicy>> tenants = new ConcurrentHashMap<>();

  PolicySnapshots(PolicyReader reader) {
    this.reader = reader;
    this.platform =
        new Held<>(
            reader::platform, known -> known.version().platform() == reader.platformVersion());
  }

  /**
   * @throws UnavailableException when it is not known well enough
   * @throws io.platformapi.service.persistence.UnknownDatabaseException for no tenant that is ready
   */
  TenantPolicy of(String tenantId) {
    return tenants
        .computeIfAbsent(
            tenantId,
            id ->
                new Held<>(
                    () -> reader.tenant(id), known -> sameVersion(known, reader.versions(id))))
        .get();
  }

  PolicySnapshot platform() {
    return platform.get();
  }

  @Override
  public <T> T around(String tenantId, Supplier<T> transaction) {
    try {
      return transaction.get();
    } finally {
      Held<TenantPolicy> held = tenants.get(tenantId);
      if (held != null) {
        held.forget();
      }
    }
  }

  private static boolean sameVersion(TenantPolicy known, PolicyVersion stored) {
    return known.snapshot().version().equals(stored);
  }

  /** One policy and how sure we are of it. */
  private static final class Held<P> {
    private final Supplier<P> read;
    private final Predicate<P> current;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicLong changes = new AtomicLong();
    private volatile Known<P> known;

    Held(Supplier<P> read, Predicate<P> current) {
      this.read = read;
      this.current = current;
    }

    P get() {
      Known<P> now = known;
      if (usable(now, FRESH)) {
        return now.policy;
      }
      boolean usable = usable(now, USABLE);
      if (!mine(usable ? Duration.ZERO : WAIT)) {
        if (usable) {
          return now.policy;
        }
        throw unknown();
      }
      try {
        return usable(known, FRESH) ? known.policy : refreshed();
      } finally {
        lock.unlock();
      }
    }

    void forget() {
      changes.incrementAndGet();
    }

    private P refreshed() {
      Known<P> before = known;
      try {
        // A change that comes while we read wins: what was read may be from before it.
        for (long seen = changes.get(); ; seen = changes.get()) {
          long at = System.nanoTime();
          P policy =
              before != null && before.change == seen && current.test(before.policy)
                  ? before.policy
                  : read.get();
          known = new Known<>(policy, at, seen);
          if (changes.get() == seen) {
            return policy;
          }
        }
      } catch (DatabaseUnavailableException e) {
        if (usable(before, USABLE)) {
          return before.policy;
        }
        throw unknown();
      }
    }

    private boolean mine(Duration wait) {
      try {
        return lock.tryLock(wait.toNanos(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }

    private static UnavailableException unknown() {
      return new UnavailableException("the policy cannot be read now", RETRY_AFTER);
    }

    private boolean usable(Known<P> candidate, Duration age) {
      return candidate != null
          && candidate.change == changes.get()
          && System.nanoTime() - candidate.confirmedAt < age.toNanos();
    }
  }

  private record Known<P>(P policy, long confirmedAt, long change) {}
}
