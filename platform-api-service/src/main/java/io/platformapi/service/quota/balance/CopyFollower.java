package io.platformapi.service.quota.balance;

import io.platformapi.service.quota.engine.Balance;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Follows what changes in a copy, tenant by tenant, as long as somebody asks for it: asked again
 * after a moment it first hears what has changed since.
 */
final class CopyFollower {
  private static final int MOST_TENANTS = 10_000;

  private final BalanceCopy copy;
  private final long moment;
  private final LongSupplier now;
  private final Changed changed;
  private final Map<String, Feed> feeds = new ConcurrentHashMap<>();

  /**
   * @param moment how far behind it may be
   * @param now in nanoseconds
   * @param changed told of what has changed
   */
  CopyFollower(BalanceCopy copy, Duration moment, LongSupplier now, Changed changed) {
    this.copy = copy;
    this.moment = moment.toNanos();
    this.now = now;
    this.changed = changed;
  }

  /** Hears of what has changed. */
  @FunctionalInterface
  interface Changed {

    /**
     * @param since a time before they were read
     */
    void told(String tenantId, List<Balance> balances, long since);
  }

  /**
   * For how many nanoseconds no change of a tenant's was missed, but for those of the last moment;
   * negative when some may have been.
   */
  long followed(String tenantId) {
    Feed feed = feeds.get(tenantId);
    if (feed == null) {
      if (feeds.size() >= MOST_TENANTS) {
        // Others begin anew.
        feeds.clear();
      }
      feed = feeds.computeIfAbsent(tenantId, Feed::new);
    }
    Heard heard = feed.heard;
    return (fresh(heard, now.getAsLong()) ? heard : feed.listen()).followed(now.getAsLong());
  }

  /**
   * @param whole whether nothing was missed since {@code from}
   * @param from when the first place was known
   * @param upTo when the last place was asked for
   */
  private record Heard(CopyChanges.Place place, boolean whole, long from, long upTo) {

    /** Nothing, or nothing that can be trusted. */
    static Heard nothing(long upTo) {
      return new Heard(CopyChanges.Place.NONE, false, upTo, upTo);
    }

    long followed(long now) {
      return whole ? now - from : -1;
    }
  }

  private boolean fresh(Heard heard, long time) {
    return time - heard.upTo < moment;
  }

  private final class Feed {
    private final String tenantId;
    private volatile Heard heard;

    Feed(String tenantId) {
      this.tenantId = tenantId;
      this.heard = Heard.nothing(now.getAsLong() - moment);
    }

    /** One asks; those who come meanwhile wait for what it hears. */
    synchronized Heard listen() {
      long asked = now.getAsLong();
      if (!fresh(heard, asked)) {
        Heard before = heard;
        heard =
            copy.since(tenantId, before.place)
                .map(changes -> heard(before, changes, asked))
                .orElse(Heard.nothing(asked));
      }
      return heard;
    }

    private Heard heard(Heard before, CopyChanges changes, long asked) {
      if (!changes.whole()) {
        return new Heard(changes.now(), true, now.getAsLong(), asked);
      }
      changed.told(tenantId, changes.balances(), asked);
      return new Heard(changes.now(), true, before.from, asked);
    }
  }
}
