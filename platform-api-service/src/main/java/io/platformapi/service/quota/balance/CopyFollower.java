package io.platformapi.service.quota.balance;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Follows what changes in a copy, tenant by tenant, as long as somebody asks for it: asked again
 * after a moment it first hears what has changed since.
 */
final class CopyFollower {
  private static final int MOST_TENANTS = 10_000;

  private final BalanceCopy copy;
  private final long moment;
  private final long early;
  private final LongSupplier now;
  private final Changed changed;
  private final Map<String, Feed> feeds = new ConcurrentHashMap<>();
  private final AtomicLong ages = new AtomicLong();

  /**
   * @param moment how far behind it may be
   * @param now in nanoseconds
   * @param changed told of what has changed
   */
  CopyFollower(BalanceCopy copy, Duration moment, LongSupplier now, Changed changed) {
    this.copy = copy;
    this.moment = moment.toNanos();
    this.early = moment.toNanos() / 4 * 3;
    this.now = now;
    this.changed = changed;
  }

  /** Hears of what has changed. */
  @FunctionalInterface
  interface Changed {

    /**
     * @param age see {@link Followed}
     * @param since a time before they were read
     */
    void told(String tenantId, long age, List<Copied> balances, long since);
  }

  /**
   * How much of a tenant's is known.
   *
   * @param age of the copy: what is remembered of another one says nothing of this one
   * @param nanos for how long no change was missed, but for those of the last moment; negative when
   *     some may have been, or when nothing is to be believed
   */
  record Followed(long age, long nanos) {}

  Followed followed(String tenantId) {
    return feed(tenantId).present().followed(now.getAsLong());
  }

  /** The age of a tenant's copy as it is known, without asking. */
  long age(String tenantId) {
    return feed(tenantId).heard.age;
  }

  /** When it was last heard what has changed of a tenant's. */
  long answered(String tenantId) {
    return feed(tenantId).heard.answered;
  }

  private Feed feed(String tenantId) {
    Feed feed = feeds.get(tenantId);
    if (feed == null) {
      if (feeds.size() >= MOST_TENANTS) {
        // Others begin anew.
        feeds.clear();
      }
      feed = feeds.computeIfAbsent(tenantId, Feed::new);
    }
    return feed;
  }

  /**
   * @param epoch the last one that was believed
   * @param believed whether it is now
   * @param from when the first place was known
   * @param upTo when the last place was asked for
   * @param answered when it was known
   */
  private record Heard(
      CopyChanges.Place place,
      String epoch,
      boolean believed,
      long age,
      long from,
      long upTo,
      long answered) {

    /** Nothing, or nothing that can be trusted. */
    static Heard nothing(String epoch, long age, long upTo) {
      return new Heard(CopyChanges.Place.NONE, epoch, false, age, upTo, upTo, upTo);
    }

    Followed followed(long now) {
      return new Followed(age, believed ? now - from : -1);
    }
  }

  private final class Feed {
    private final String tenantId;
    private final ReentrantLock listening = new ReentrantLock();
    private volatile Heard heard;

    Feed(String tenantId) {
      this.tenantId = tenantId;
      this.heard = Heard.nothing("", ages.incrementAndGet(), now.getAsLong() - moment);
    }

    /**
     * What was heard within a moment. Before the moment is over one asks anew, and the others need
     * not wait for what he hears; when it is over they do.
     */
    Heard present() {
      Heard known = heard;
      long behind = now.getAsLong() - known.upTo;
      if (behind < early) {
        return known;
      }
      boolean over = behind >= moment;
      if (over) {
        listening.lock();
      } else if (!listening.tryLock()) {
        return known;
      }
      try {
        return listen(over ? moment : early);
      } finally {
        listening.unlock();
      }
    }

    private Heard listen(long longest) {
      long asked = now.getAsLong();
      if (asked - heard.upTo >= longest) {
        Heard before = heard;
        heard =
            copy.since(tenantId, before.place)
                .map(changes -> heard(before, changes, asked))
                .orElse(Heard.nothing(before.epoch, before.age, asked));
      }
      return heard;
    }

    private Heard heard(Heard before, CopyChanges changes, long asked) {
      boolean believed = !changes.epoch().isEmpty();
      boolean other = believed && !changes.epoch().equals(before.epoch);
      boolean known = changes.whole() && !other;
      long age = other && !before.epoch.isEmpty() ? ages.incrementAndGet() : before.age;
      if (known) {
        changed.told(tenantId, age, changes.balances(), asked);
      }
      long answered = now.getAsLong();
      return new Heard(
          changes.now(),
          believed ? changes.epoch() : before.epoch,
          believed,
          age,
          known ? before.from : answered,
          asked,
          answered);
    }
  }
}
