package io.platformapi.service.quota.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What grants add to one window's limit at each instant of it, seen from now: of each, from when it
 * begins, what the window has drawn from it; and while it is valid also what is left of it.
 */
public final class GrantTimeline {
  /** Of a window without grants. */
  public static final GrantTimeline NONE = new GrantTimeline(List.of());

  private final List<Part> parts;

  private GrantTimeline(List<Part> parts) {
    this.parts = List.copyOf(parts);
  }

  /** Of the window that goes on. */
  public static GrantTimeline present(Demand demand, Function<BalanceKey, Balance> balances) {
    return new GrantTimeline(
        demand.grants().stream()
            .map(
                grant ->
                    new Part(
                        grant,
                        GrantShare.drawn(grant, demand.key(), balances),
                        GrantShare.left(grant, demand.key(), balances)))
            .toList());
  }

  /**
   * Of a window that is over: nothing is left for it.
   *
   * @param balances those that there are, by key
   * @return empty when what it has drawn is not stored any more
   */
  public static Optional<GrantTimeline> past(
      Demand demand, Map<BalanceKey, Balance> balances, Instant now) {
    List<Part> parts = new ArrayList<>();
    for (QuotaGrant grant : demand.grants()) {
      Long drawn = drawn(grant, demand, balances, now);
      if (drawn == null) {
        return Optional.empty();
      }
      parts.add(new Part(grant, drawn, 0));
    }
    return Optional.of(new GrantTimeline(parts));
  }

  private static Long drawn(
      QuotaGrant grant, Demand demand, Map<BalanceKey, Balance> balances, Instant now) {
    BalanceKey window = demand.key();
    Balance stored = balances.get(grant.in(window));
    if (stored != null) {
      return stored.used();
    }
    Instant end = demand.quota().window().end(window.window());
    if (end.isAfter(now.minus(QuotaBook.LATE))) {
      return 0L;
    }
    // The window's row may have gone. The sum stays: it tells when no other window may have drawn.
    Balance total = balances.get(grant.total(window.subject()));
    boolean only = !grant.from().isBefore(window.window()) && !grant.until().isAfter(end);
    return total == null || total.used() == 0 ? Long.valueOf(0) : only ? total.used() : null;
  }

  /** What is on top of the limit at a time. */
  public long at(Instant time) {
    long sum = 0;
    for (Part part : parts) {
      if (!time.isBefore(part.grant().from())) {
        sum = GrantShare.add(sum, part.drawn());
        sum = part.grant().validAt(time) ? GrantShare.add(sum, part.left()) : sum;
      }
    }
    return sum;
  }

  private record Part(QuotaGrant grant, long drawn, long left) {}
}
