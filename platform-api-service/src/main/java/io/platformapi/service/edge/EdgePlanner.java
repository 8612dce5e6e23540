package io.platformapi.service.edge;

import io.platformapi.routes.gateway.kong.RateLimits;
import io.platformapi.service.edge.EdgePlan.Inexpressible;
import io.platformapi.service.edge.EdgePlan.Reason;
import io.platformapi.service.edge.EdgePlan.Wanted;
import io.platformapi.service.quota.PresentQuotas;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaMode;
import io.platformapi.service.quota.engine.QuotaSelector;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.WindowKind;
import io.platformapi.service.tenant.GatewayNames;
import io.platformapi.service.usage.LedgerScope;
import io.platformapi.service.usage.LedgerTenant;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Says a tenant's quotas in the terms of the edge: cost as a budget of a LiteLLM team or key,
 * requests as a rate of a Kong consumer. What cannot be said exactly is left out and named; only
 * quotas that refuse are meant.
 */
final class EdgePlanner {
  private static final String DOLLAR = "USD";
  private static final Pattern KEY_HASH = Pattern.compile("[0-9a-f]{64}");

  /** Of several budgets the one over the longest time bounds the bill; of these the lowest. */
  private static final Comparator<Candidate> FIRST =
      Comparator.comparing((Candidate c) -> c.quota.window().kind())
          .reversed()
          .thenComparing(c -> c.quota.limit())
          .thenComparing(c -> c.quota.id());

  private final LedgerTenant tenant;
  private final GatewayNames names;
  private final Set<UUID> granted;
  private final Map<EdgeTarget, List<Candidate>> budgets = new TreeMap<>();
  private final Map<EdgeTarget, Wanted> wanted = new HashMap<>();
  private final List<Inexpressible> inexpressible = new ArrayList<>();

  private record Candidate(Quota quota, BudgetLimit limit) {}

  private EdgePlanner(LedgerTenant tenant, GatewayNames names, Set<UUID> granted) {
    this.tenant = tenant;
    this.names = names;
    this.granted = granted;
  }

  static EdgePlan plan(LedgerTenant tenant, GatewayNames names, PresentQuotas present) {
    EdgePlanner planner = new EdgePlanner(tenant, names, present.granted());
    present.quotas().stream()
        .filter(quota -> quota.mode() == QuotaMode.ENFORCE)
        .sorted(Comparator.comparing(Quota::id))
        .forEach(planner::add);
    planner.chooseBudgets();
    return EdgePlan.of(planner.wanted, planner.inexpressible);
  }

  private void add(Quota quota) {
    if (granted.contains(quota.id())) {
      leave(quota, Reason.GRANTS);
    } else if (quota.dimension() == QuotaDimension.COST) {
      addBudget(quota);
    } else if (quota.dimension() == QuotaDimension.REQUESTS) {
      addRate(quota);
    } else {
      leave(quota, Reason.DIMENSION);
    }
  }

  private void addBudget(Quota quota) {
    WindowKind kind = quota.window().kind();
    if (!tenant.currency().equals(DOLLAR)) {
      leave(quota, Reason.CURRENCY);
    } else if (kind != WindowKind.LIFETIME && !kind.anchored()) {
      leave(quota, Reason.WINDOW);
    } else if (kind != WindowKind.LIFETIME && !ofUtc(quota.window())) {
      leave(quota, Reason.CALENDAR);
    } else {
      BudgetLimit limit = BudgetLimit.ofNanos(quota.limit(), duration(kind));
      for (EdgeTarget target : budgetTargets(quota)) {
        budgets.computeIfAbsent(target, t -> new ArrayList<>()).add(new Candidate(quota, limit));
      }
    }
  }

  private List<EdgeTarget> budgetTargets(Quota quota) {
    LedgerScope scope = quota.selector().single();
    if (scope == LedgerScope.TENANT) {
      return names.teams().size() == 1 && names.organizations().isEmpty()
          ? teams(names.teams())
          : leave(quota, Reason.SEVERAL_TEAMS);
    }
    if (scope == LedgerScope.TEAM) {
      List<String> teams = teamsOf(quota);
      return teams.isEmpty() ? leave(quota, Reason.UNKNOWN_TEAM) : teams(teams);
    }
    if (scope == LedgerScope.API_KEY && !isEach(quota)) {
      String hash = quota.selector().scopeId();
      return KEY_HASH.matcher(hash).matches()
          ? List.of(new EdgeTarget(EdgeKind.LITELLM_KEY, hash))
          : leave(quota, Reason.NO_KEY_HASH);
    }
    return leave(quota, Reason.SCOPE);
  }

  private void addRate(Quota quota) {
    QuotaWindow window = quota.window();
    boolean counted =
        switch (window.kind()) {
          case MINUTE, HOUR, DAY, MONTH -> true;
          case WEEK, ROLLING, LIFETIME -> false;
        };
    if (!counted) {
      leave(quota, Reason.WINDOW);
    } else if (window.kind().anchored() && !ofUtc(window)) {
      leave(quota, Reason.CALENDAR);
    } else if (quota.limit() < 1) {
      leave(quota, Reason.ZERO);
    } else {
      RateLimit limit = new RateLimit(rates(window.kind(), quota.limit()));
      for (String consumer : consumers(quota)) {
        wanted.merge(
            new EdgeTarget(EdgeKind.KONG_CONSUMER, consumer),
            new Wanted(limit, List.of(quota.id())),
            EdgePlanner::both);
      }
    }
  }

  /**
   * Consumers are named after the tenant first, so that no quota can name another tenant's: {@code
   * acme}, {@code acme:team:red}, {@code acme:key:nightly}. No tenant's id has a colon.
   */
  private List<String> consumers(Quota quota) {
    LedgerScope scope = quota.selector().single();
    if (scope == LedgerScope.TENANT) {
      return List.of(tenant.id());
    }
    if (scope == LedgerScope.TEAM) {
      List<String> teams = teamsOf(quota);
      return teams.isEmpty()
          ? leave(quota, Reason.UNKNOWN_TEAM)
          : teams.stream().map(team -> tenant.id() + ":team:" + team).toList();
    }
    return scope == LedgerScope.API_KEY && !isEach(quota)
        ? List.of(tenant.id() + ":key:" + quota.selector().scopeId())
        : leave(quota, Reason.SCOPE);
  }

  private void chooseBudgets() {
    budgets.forEach(
        (target, candidates) -> {
          candidates.sort(FIRST);
          Candidate first = candidates.get(0);
          wanted.put(target, new Wanted(first.limit, List.of(first.quota.id())));
          candidates.stream()
              .skip(1)
              .forEach(other -> inexpressible.add(of(other.quota, Reason.ONE_BUDGET)));
        });
  }

  /** Those of the quota's teams that LiteLLM counts for this tenant. */
  private List<String> teamsOf(Quota quota) {
    String team = quota.selector().scopeId();
    return isEach(quota) ? names.teams() : names.teams().stream().filter(team::equals).toList();
  }

  private <T> List<T> leave(Quota quota, Reason reason) {
    inexpressible.add(of(quota, reason));
    return List.of();
  }

  private static Inexpressible of(Quota quota, Reason reason) {
    return new Inexpressible(quota.id(), reason);
  }

  private static List<EdgeTarget> teams(List<String> ids) {
    return ids.stream().map(id -> new EdgeTarget(EdgeKind.LITELLM_TEAM, id)).toList();
  }

  private static boolean isEach(Quota quota) {
    return quota.selector().scopeId().equals(QuotaSelector.EACH);
  }

  private static Wanted both(Wanted one, Wanted other) {
    List<UUID> quotas = new ArrayList<>(one.quotas());
    quotas.addAll(other.quotas());
    return new Wanted(((RateLimit) one.limit()).and((RateLimit) other.limit()), quotas);
  }

  /** Both edges count by the calendar of UTC, weeks from Monday. */
  private static boolean ofUtc(QuotaWindow window) {
    return window.anchorHour() == 0
        && window.anchorDay() == 1
        && window.zone().getRules().isFixedOffset()
        && window.zone().getRules().getOffset(Instant.EPOCH).equals(ZoneOffset.UTC);
  }

  private static String duration(WindowKind kind) {
    return switch (kind) {
      case DAY -> BudgetLimit.DAY;
      case WEEK -> BudgetLimit.WEEK;
      case MONTH -> BudgetLimit.MONTH;
      case LIFETIME -> null;
      default -> throw new IllegalArgumentException("no period of LiteLLM's");
    };
  }

  private static RateLimits rates(WindowKind kind, long limit) {
    return new RateLimits(
        null,
        kind == WindowKind.MINUTE ? limit : null,
        kind == WindowKind.HOUR ? limit : null,
        kind == WindowKind.DAY ? limit : null,
        kind == WindowKind.MONTH ? limit : null,
        null);
  }
}
