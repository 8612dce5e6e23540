package io.platformapi.service.quota;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.problem.ValidationException;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Checks the platform's defaults, all of them, before any is stored. */
final class DefaultsRules {
  private static final int MAX_PLANS = 100;
  private static final int MAX_QUOTAS = 200;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
  private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");

  private final Problems problems = new Problems();

  private DefaultsRules() {}

  /**
   * @return the plans in the order of their names, each limit with a new id
   * @throws ValidationException that names every broken rule
   */
  static List<DefinedPlan> check(NewDefaults defaults) {
    if (defaults == null || defaults.plans() == null) {
      throw new ValidationException("plans", "is required");
    }
    if (defaults.plans().size() > MAX_PLANS) {
      throw new ValidationException("plans", "must not have more than " + MAX_PLANS + " items");
    }
    DefaultsRules rules = new DefaultsRules();
    List<DefinedPlan> plans = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < defaults.plans().size(); i++) {
      plans.add(rules.plan("plans[" + i + "]", defaults.plans().get(i), names));
    }
    rules.problems.refuse();
    plans.sort(Comparator.comparing(DefinedPlan::name));
    return plans;
  }

  private DefinedPlan plan(String path, NewDefaults.Plan plan, Set<String> names) {
    if (plan == null) {
      problems.add(path, "is required");
      return null;
    }
    if (plan.name() == null || !NAME.matcher(plan.name()).matches()) {
      problems.add(path + ".name", "must match " + NAME.pattern());
    } else if (!names.add(plan.name())) {
      problems.add(path + ".name", "is the name of another plan");
    }
    String description =
        QuotaRules.description(problems, path + ".description", plan.description());
    List<NewDefaults.Item> items = plan.quotas() == null ? List.of() : plan.quotas();
    if (items.size() > MAX_QUOTAS) {
      problems.add(path + ".quotas", "must not have more than " + MAX_QUOTAS + " items");
      return null;
    }
    List<PlanQuota> quotas = new ArrayList<>();
    Map<List<Object>, Integer> places = new HashMap<>();
    for (int i = 0; i < items.size(); i++) {
      String at = path + ".quotas[" + i + "]";
      Optional<PlanQuota> quota = quota(at, items.get(i));
      if (quota.isPresent()) {
        List<Object> key = Arrays.asList(quota.get().quota().naturalKey(), quota.get().currency());
        Integer first = places.putIfAbsent(key, i);
        if (first != null) {
          problems.add(at, "has the dimension, scope and window of quotas[" + first + "]");
        }
        quotas.add(quota.get());
      }
    }
    return new DefinedPlan(plan.name(), description, quotas);
  }

  private Optional<PlanQuota> quota(String path, NewDefaults.Item item) {
    if (item == null) {
      problems.add(path, "is required");
      return Optional.empty();
    }
    int before = problems.count();
    String currency = currency(path + ".limit.currency", item);
    if (problems.count() > before) {
      return Optional.empty();
    }
    Optional<Quota> found = new QuotaRules(problems, currency).item(path, 0, item.quota());
    return found.flatMap(quota -> bounded(path + ".bounds", quota, currency, item.bounds()));
  }

  /** That of the limit; null for what is not money. */
  private String currency(String path, NewDefaults.Item item) {
    if (!QuotaDimension.COST.wire().equals(item.dimension()) || item.limit() == null) {
      return null;
    }
    JsonNode currency = item.limit().path("currency");
    if (currency.isTextual() && !CURRENCY.matcher(currency.textValue()).matches()) {
      problems.add(path, "must be an ISO 4217 code");
    }
    return currency.textValue();
  }

  private Optional<PlanQuota> bounded(
      String path, Quota quota, String currency, NewDefaults.Bounds bounds) {
    int before = problems.count();
    long max = quota.limit();
    QuotaMode loosest = quota.mode();
    if (bounds != null && bounds.maxLimit() != null && !bounds.maxLimit().isNull()) {
      String at = path + ".maxLimit";
      max =
          new QuotaRules(problems, currency)
              .limit(at, quota.dimension(), bounds.maxLimit())
              .orElse(max);
      if (max < quota.limit()) {
        problems.add(at, "must not be below the limit");
      }
    }
    if (bounds != null && bounds.loosestMode() != null) {
      String at = path + ".loosestMode";
      loosest = problems.oneOf(at, bounds.loosestMode(), QuotaMode.NAMES).orElse(loosest);
      if (loosest.compareTo(quota.mode()) < 0) {
        problems.add(at, "must not be stricter than the mode");
      }
    }
    return problems.count() > before
        ? Optional.empty()
        : Optional.of(new PlanQuota(quota, currency, max, loosest));
  }
}
