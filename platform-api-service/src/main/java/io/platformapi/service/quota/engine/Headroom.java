package io.platformapi.service.quota.engine;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a balance must stand so that all of a group's requests are granted, one after the other, as
 * {@link Decider} decides them, and that nobody need be told, as {@link Alert} has it. When it
 * stands otherwise some of them may be granted nevertheless.
 */
public final class Headroom {
  private final Quota quota;
  private final boolean bounded;
  private long wanted;
  private long using;
  private boolean anyOfNothing;

  private Headroom(Quota quota, boolean bounded) {
    this.quota = quota;
    this.bounded = bounded;
  }

  /**
   * Of each balance that a group needs, in the order of their keys.
   *
   * @return empty when one row does not tell how a balance stands: that of a rolling window, or of
   *     a quota with grants
   */
  public static Optional<SortedMap<BalanceKey, Headroom>> of(Collection<List<Demand>> group) {
    SortedMap<BalanceKey, Headroom> found = new TreeMap<>();
    for (List<Demand> demands : group) {
      for (Demand demand : demands) {
        if (demand.quota().window().isRolling() || !demand.grants().isEmpty()) {
          return Optional.empty();
        }
        found.computeIfAbsent(demand.key(), key -> new Headroom(demand.quota(), true)).add(demand);
      }
    }
    return Optional.of(found);
  }

  /**
   * Of each balance that usage is added to, which nothing bounds, and which nobody need be told of
   * afterwards.
   *
   * @param changes that add no less than nothing to what is used
   * @return empty when one row does not tell how a balance stands, as above
   */
  public static Optional<SortedMap<BalanceKey, Headroom>> after(
      QuotaBook book, Collection<BalanceChange> changes) {
    if (book.hasGrants()) {
      return Optional.empty();
    }
    SortedMap<BalanceKey, Headroom> found = new TreeMap<>();
    for (BalanceChange change : changes) {
      Quota quota = book.quotaOf(change.key()).orElse(null);
      if (quota != null) {
        if (quota.window().isRolling()) {
          return Optional.empty();
        }
        Headroom room = found.computeIfAbsent(change.key(), key -> new Headroom(quota, false));
        room.using = sum(room.using, change.used());
      }
    }
    return Optional.of(found);
  }

  private void add(Demand demand) {
    wanted = sum(wanted, demand.amount());
    anyOfNothing |= demand.amount() == 0;
  }

  private static long sum(long one, long other) {
    long sum = one + other;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }

  /** What the group wants of it together. */
  public long wanted() {
    return wanted;
  }

  /** Most that may be taken of it before; negative when nothing may, or not even that. */
  public long most() {
    if (!bounded) {
      return Long.MAX_VALUE;
    }
    long limit = Decider.MAX_TAKEN;
    if (quota.mode() == QuotaMode.ENFORCE) {
      // Who wants nothing is refused when nothing is left, wherever in the group he comes.
      limit = Math.min(limit, anyOfNothing ? quota.limit() - 1 : quota.limit());
    }
    return wanted > Decider.MAX_TAKEN ? Long.MIN_VALUE : limit - wanted;
  }

  /** Percents of the limit that are told of, ascending. */
  public List<Integer> thresholds() {
    return quota.mode() == QuotaMode.OFF ? List.of() : quota.thresholds();
  }

  /** What must be used before for each of the thresholds to be told of. */
  public List<Long> levels() {
    return thresholds().stream().map(quota::percent).map(level -> level - using).toList();
  }

  /** What must be used before for the limit to be told of. */
  public long full() {
    return quota.mode() == QuotaMode.OFF ? Long.MAX_VALUE : quota.limit() - using;
  }
}
