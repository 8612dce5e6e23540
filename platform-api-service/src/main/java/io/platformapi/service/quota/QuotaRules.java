package io.platformapi.service.quota;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.http.Uuid7;
import io.platformapi.service.problem.ValidationException;
import io.platformapi.service.quota.engine.FailMode;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaMode;
import io.platformapi.service.quota.engine.QuotaSelector;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.WindowKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checks a set of limits, all of it, before any is stored. */
final class QuotaRules {
  static final int MAX_ITEMS = 10_000;
  static final int DEFAULT_PRIORITY = 100;

  private static final int MAX_PRIORITY = 1000;
  private static final int MAX_THRESHOLDS = 8;
  private static final int MAX_PERCENT = 100;
  private static final int MAX_DESCRIPTION = 500;
  private static final int MAX_TOLD = 1000;

  private final Problems problems;
  private final ScopeRules scopes;
  private final WindowRules windows;
  private final AmountRules amounts;
  private final Map<Quota.NaturalKey, Integer> places = new HashMap<>();

  /**
   * @param problems takes what is wrong
   * @param currency of limits on cost
   */
  QuotaRules(Problems problems, String currency) {
    this.problems = problems;
    this.scopes = new ScopeRules(problems);
    this.windows = new WindowRules(problems);
    this.amounts = new AmountRules(problems, currency);
  }

  /**
   * @param currency of the tenant
   * @return the limits, each with a new id; the version is 0
   * @throws ValidationException that names every broken rule
   */
  static QuotaSet check(NewQuotas set, String currency) {
    if (set == null || set.items() == null) {
      throw new ValidationException("items", "is required");
    }
    if (set.items().size() > MAX_ITEMS) {
      throw new ValidationException("items", "must not have more than " + MAX_ITEMS + " items");
    }
    QuotaRules rules = new QuotaRules(new Problems(), currency);
    Optional<FailMode> failMode =
        set.failMode() == null
            ? Optional.of(FailMode.CLOSED)
            : rules.problems.oneOf("failMode", set.failMode(), FailMode.NAMES);
    List<Quota> quotas = new ArrayList<>();
    // A set of thousands that is wrong throughout need not be told of to the last item.
    for (int i = 0; i < set.items().size() && rules.problems.count() < MAX_TOLD; i++) {
      rules.item("items[" + i + "]", i, set.items().get(i)).ifPresent(quotas::add);
    }
    rules.problems.refuse();
    return new QuotaSet(0, failMode.orElseThrow(), quotas, Map.of());
  }

  /** One limit, with a new id; empty, with problems, when it is wrong. */
  Optional<Quota> item(String path, int index, NewQuotas.Item item) {
    if (item == null) {
      problems.add(path, "is required");
      return Optional.empty();
    }
    int before = problems.count();
    Optional<QuotaDimension> dimension =
        problems.oneOf(path + ".dimension", item.dimension(), QuotaDimension.NAMES);
    Optional<QuotaWindow> window = windows.read(path + ".window", item.window());
    Optional<QuotaMode> mode =
        item.mode() == null
            ? Optional.of(QuotaMode.ENFORCE)
            : problems.oneOf(path + ".mode", item.mode(), QuotaMode.NAMES);
    Optional<QuotaSelector> scope = scopes.read(path + ".scope", item.scope());
    Optional<Long> limit = dimension.flatMap(d -> limit(path + ".limit", d, item.limit()));
    List<Integer> thresholds = thresholds(path + ".thresholds", item.thresholds());
    int priority = priority(path + ".priority", item.priority());
    String description = description(problems, path + ".description", item.description());
    if (dimension.isPresent() && window.isPresent()) {
      fit(path + ".window", dimension.get(), window.get());
    }
    if (problems.count() > before) {
      return Optional.empty();
    }
    Quota quota =
        new Quota(
            Uuid7.next(),
            dimension.orElseThrow(),
            scope.orElseThrow(),
            window.orElseThrow(),
            limit.orElseThrow(),
            mode.orElseThrow(),
            thresholds,
            priority,
            description);
    Integer first = places.putIfAbsent(quota.naturalKey(), index);
    if (first != null) {
      problems.add(path, "has the dimension, scope and window of items[" + first + "]");
    }
    return Optional.of(quota);
  }

  /** A level is what there is, whenever it came. */
  private void fit(String path, QuotaDimension dimension, QuotaWindow window) {
    if (dimension.level() && window.kind() != WindowKind.LIFETIME) {
      problems.add(path, "must be lifetime for " + dimension.wire());
    }
  }

  Optional<Long> limit(String path, QuotaDimension dimension, JsonNode limit) {
    return dimension == QuotaDimension.COST
        ? amounts.money(path, limit)
        : amounts.whole(path, limit);
  }

  private List<Integer> thresholds(String path, List<Integer> thresholds) {
    if (thresholds == null) {
      return List.of();
    }
    boolean right =
        thresholds.size() <= MAX_THRESHOLDS
            && thresholds.stream().distinct().count() == thresholds.size()
            && thresholds.stream().allMatch(p -> p != null && p >= 1 && p <= MAX_PERCENT);
    if (!right) {
      problems.add(path, "must be up to " + MAX_THRESHOLDS + " different percents from 1 to 100");
      return List.of();
    }
    return thresholds.stream().sorted().toList();
  }

  int priority(String path, Integer priority) {
    if (priority == null) {
      return DEFAULT_PRIORITY;
    }
    if (priority < 0 || priority > MAX_PRIORITY) {
      problems.add(path, "must be a whole number from 0 to " + MAX_PRIORITY);
    }
    return priority;
  }

  static String description(Problems problems, String path, String description) {
    if (description == null) {
      return "";
    }
    if (description.length() > MAX_DESCRIPTION
        || description.chars().anyMatch(Character::isISOControl)
        || !StandardCharsets.UTF_8.newEncoder().canEncode(description)) {
      problems.add(
          path, "must be at most " + MAX_DESCRIPTION + " characters without control characters");
    }
    return description;
  }
}
