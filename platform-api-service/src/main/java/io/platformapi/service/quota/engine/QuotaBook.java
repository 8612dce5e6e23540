package io.platformapi.service.quota.engine;

import io.platformapi.service.usage.LedgerScope;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * All quotas of a tenant, arranged so that those which count a call are found by its names: by one
 * lookup for each combination of scopes that quotas have, however many quotas there are. Immutable.
 */
public final class QuotaBook {
  /**
   * For how long after its end a window's balance is kept up by calls that are told late. Later it
   * is nobody's concern any more: nothing is decided by it, and the ledger has the calls.
   */
  public static final Duration LATE = Duration.ofDays(2);

  private final long version;
  private final FailMode failMode;
  private final Map<UUID, Quota> byId = new HashMap<>();
  private final Collection<Shape> shapes;
  private final Map<UUID, List<QuotaGrant>> grants = new HashMap<>();
  private final Map<UUID, Quota> byGrant = new HashMap<>();

  /** Without grants. */
  public QuotaBook(long version, FailMode failMode, Collection<Quota> quotas) {
    this(version, failMode, quotas, List.of());
  }

  /**
   * @param grants on these quotas; those on others are nobody's concern
   */
  public QuotaBook(
      long version, FailMode failMode, Collection<Quota> quotas, Collection<QuotaGrant> grants) {
    this.version = version;
    this.failMode = failMode;
    Map<Object, Shape> found = new LinkedHashMap<>();
    for (Quota quota : quotas) {
      byId.put(quota.id(), quota);
      QuotaSelector selector = quota.selector();
      found
          .computeIfAbsent(
              List.of(selector.fixed(), selector.each()),
              key -> new Shape(selector.fixed(), selector.each(), new HashMap<>()))
          .add(quota);
    }
    this.shapes = List.copyOf(found.values());
    grants.stream().sorted(QuotaGrant.ORDER).forEach(this::add);
  }

  private void add(QuotaGrant grant) {
    Quota quota = byId.get(grant.quotaId());
    if (quota != null) {
      grants.computeIfAbsent(quota.id(), id -> new ArrayList<>()).add(grant);
      byGrant.put(grant.id(), quota);
    }
  }

  /** Version of the set of quotas that this is. */
  public long version() {
    return version;
  }

  public FailMode failMode() {
    return failMode;
  }

  public boolean isEmpty() {
    return byId.isEmpty();
  }

  public Collection<Quota> quotas() {
    return List.copyOf(byId.values());
  }

  /** Empty when the quota is gone. */
  public Optional<Quota> find(UUID id) {
    return Optional.ofNullable(byId.get(id));
  }

  /** The quota that a balance is of, also one of what was drawn from its grants. */
  public Optional<Quota> quotaOf(BalanceKey key) {
    Quota quota = byId.get(key.quotaId());
    return Optional.ofNullable(quota == null ? byGrant.get(key.quotaId()) : quota);
  }

  public boolean hasGrants() {
    return !grants.isEmpty();
  }

  /** All grants on a quota, in the order in which they are drawn. */
  public List<QuotaGrant> grants(Quota quota) {
    return grants.isEmpty() ? List.of() : grants.getOrDefault(quota.id(), List.of());
  }

  /**
   * The grants that a window has to do with: whoever's clock it is, it draws from no others, and
   * has not drawn from others.
   */
  public List<QuotaGrant> grants(Quota quota, BalanceKey window) {
    List<QuotaGrant> all = grants(quota);
    if (all.isEmpty()) {
      return all;
    }
    Instant end = quota.window().end(window.window());
    return all.stream()
        .filter(
            grant ->
                grant.isFor(window.subject())
                    && grant.from().isBefore(end)
                    && grant.until().isAfter(window.window()))
        .toList();
  }

  /** Balances of the grants that a window has to do with: they change with it. */
  public List<BalanceKey> grantBalances(Quota quota, BalanceKey window) {
    if (grants.isEmpty()) {
      return List.of();
    }
    List<BalanceKey> found = new ArrayList<>();
    for (QuotaGrant grant : grants(quota, window)) {
      found.add(grant.total(window.subject()));
      found.add(grant.in(window));
    }
    return found;
  }

  /**
   * What a request wants, of each quota that counts it: also of those that it takes nothing of, for
   * a call may be refused by any of its quotas. Levels are concerned only when they are asked for,
   * and alone when nothing else is.
   *
   * @param at in whose windows
   */
  public List<Demand> demands(CallNames names, QuotaAmounts amounts, Instant at) {
    List<Demand> demands = new ArrayList<>();
    for (Shape shape : shapes) {
      shape.eachMatch(
          names,
          (quota, subject) -> {
            long amount = amounts.of(quota.dimension());
            if (quota.dimension().level() ? amount != 0 : !amounts.levelsOnly()) {
              BalanceKey key = new BalanceKey(quota.id(), subject, quota.window().id(at));
              demands.add(new Demand(quota, key, amount, grants(quota, key)));
            }
          });
    }
    return demands;
  }

  /**
   * What usage adds to the balances of the quotas that count it, each in the window of its time.
   *
   * @param usedAt when the call started
   * @param now tells which windows ended too long ago
   */
  public List<BalanceChange> changes(
      CallNames names, QuotaAmounts amounts, Instant usedAt, Instant now) {
    List<BalanceChange> changes = new ArrayList<>();
    for (Shape shape : shapes) {
      shape.eachMatch(
          names,
          (quota, subject) -> {
            long amount = amounts.of(quota.dimension());
            if (amount != 0 && counts(quota, usedAt, now)) {
              QuotaWindow window = quota.window();
              changes.add(
                  new BalanceChange(
                      new BalanceKey(quota.id(), subject, window.id(usedAt)),
                      window.isRolling() ? window.slot(usedAt) : null,
                      amount,
                      0));
            }
          });
    }
    return changes;
  }

  /** Whether usage of this time still concerns a balance of the quota. */
  public static boolean counts(Quota quota, Instant usedAt, Instant now) {
    QuotaWindow window = quota.window();
    return window.isRolling()
        ? !window.slot(usedAt).isBefore(window.firstSlot(now.minus(LATE)))
        : window.end(usedAt).isAfter(now.minus(LATE));
  }

  private interface Match {
    void found(Quota quota, String subject);
  }

  /** The quotas whose selectors have the same scopes. */
  private record Shape(
      List<LedgerScope> fixed, List<LedgerScope> each, Map<Object, List<Quota>> quotas) {

    void add(Quota quota) {
      List<String> names = fixed.stream().map(quota.selector()::value).toList();
      quotas.computeIfAbsent(key(names), key -> new ArrayList<>()).add(quota);
    }

    void eachMatch(CallNames call, Match match) {
      List<String> names = call.in(fixed);
      List<Quota> found = names == null ? null : quotas.get(key(names));
      List<String> own = found == null ? null : call.in(each);
      if (own != null) {
        String subject = own.isEmpty() ? "" : JoinedNames.of(own);
        found.forEach(quota -> match.found(quota, subject));
      }
    }

    private static Object key(List<String> names) {
      return names.size() == 1 ? names.get(0) : names;
    }
  }
}
