package io.platformapi.service.quota;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.http.Money;
import io.platformapi.service.http.Uuid7;
import io.platformapi.service.http.WireNames;
import io.platformapi.service.problem.FieldProblem;
import io.platformapi.service.problem.ValidationException;
import io.platformapi.service.usage.LedgerScope;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checks a set of limits, all of it, before any is stored. */
final class QuotaRules {
  static final int MAX_ITEMS = 1000;

  private final String currency;
  private final List<FieldProblem> problems = new ArrayList<>();
  private final Map<Quota.NaturalKey, Integer> places = new HashMap<>();

  private QuotaRules(String currency) {
    this.currency = currency;
  }

  /**
   * @param currency of the tenant
   * @return the limits, each with a new id
   * @throws ValidationException that names every broken rule
   */
  static List<Quota> check(NewQuotas set, String currency) {
    if (set == null || set.items() == null) {
      throw new ValidationException("items", "is required");
    }
    if (set.items().size() > MAX_ITEMS) {
      throw new ValidationException("items", "must not have more than " + MAX_ITEMS + " items");
    }
    QuotaRules rules = new QuotaRules(currency);
    List<Quota> quotas = new ArrayList<>();
    for (int i = 0; i < set.items().size(); i++) {
      rules.item(i, set.items().get(i)).ifPresent(quotas::add);
    }
    if (!rules.problems.isEmpty()) {
      throw new ValidationException(rules.problems);
    }
    return quotas;
  }

  private Optional<Quota> item(int index, NewQuotas.Item item) {
    String path = "items[" + index + "]";
    if (item == null) {
      problem(path, "is required");
      return Optional.empty();
    }
    Optional<QuotaDimension> dimension = QuotaDimension.NAMES.parse(item.dimension());
    Optional<QuotaWindow> window = QuotaWindow.NAMES.parse(item.window());
    Optional<QuotaMode> mode =
        item.mode() == null ? Optional.of(QuotaMode.ENFORCE) : QuotaMode.NAMES.parse(item.mode());
    oneOf(path + ".dimension", dimension, QuotaDimension.NAMES);
    oneOf(path + ".window", window, QuotaWindow.NAMES);
    oneOf(path + ".mode", mode, QuotaMode.NAMES);
    Optional<LedgerScope> scope = scope(path + ".scope", item.scope());
    Optional<Long> limit = dimension.flatMap(known -> limit(path + ".limit", known, item.limit()));
    if (dimension.isEmpty()
        || window.isEmpty()
        || mode.isEmpty()
        || scope.isEmpty()
        || limit.isEmpty()) {
      return Optional.empty();
    }
    String scopeId = scope.get() == LedgerScope.TENANT ? "" : item.scope().id();
    Quota quota =
        new Quota(
            Uuid7.next(),
            dimension.get(),
            scope.get(),
            scopeId,
            window.get(),
            limit.get(),
            mode.get());
    Integer first = places.putIfAbsent(quota.naturalKey(), index);
    if (first != null) {
      problem(path, "has the dimension, scope and window of items[" + first + "]");
    }
    return Optional.of(quota);
  }

  private Optional<LedgerScope> scope(String path, QuotaScope scope) {
    if (scope == null) {
      return Optional.of(LedgerScope.TENANT);
    }
    Optional<LedgerScope> type = LedgerScope.NAMES.parse(scope.type());
    oneOf(path + ".type", type, LedgerScope.NAMES);
    if (type.isEmpty()) {
      return type;
    }
    String id = scope.id();
    if (type.get() == LedgerScope.TENANT) {
      if (id != null) {
        problem(path + ".id", "must be absent for the tenant");
        return Optional.empty();
      }
    } else if (id == null
        || id.isEmpty()
        || id.chars().anyMatch(Character::isISOControl)
        || id.getBytes(StandardCharsets.UTF_8).length > LedgerScope.MAX_NAME_OCTETS) {
      problem(
          path + ".id",
          "must be 1 to " + LedgerScope.MAX_NAME_OCTETS + " bytes without control characters");
      return Optional.empty();
    }
    return type;
  }

  private Optional<Long> limit(String path, QuotaDimension dimension, JsonNode limit) {
    if (dimension == QuotaDimension.COST) {
      return money(path, limit);
    }
    if (limit == null
        || !limit.isIntegralNumber()
        || !limit.canConvertToLong()
        || limit.longValue() < 0) {
      problem(path, "must be a whole number from 0");
      return Optional.empty();
    }
    return Optional.of(limit.longValue());
  }

  private Optional<Long> money(String path, JsonNode limit) {
    if (limit == null
        || !limit.isObject()
        || limit.size() != 2
        || !limit.path("amount").isTextual()
        || !limit.path("currency").isTextual()) {
      problem(path, "must be {amount, currency}, both text");
      return Optional.empty();
    }
    Money money = new Money(limit.get("amount").textValue(), limit.get("currency").textValue());
    try {
      long nanos = money.toNanos(path);
      if (nanos < 0) {
        problem(path + ".amount", "must not be negative");
      } else if (!money.currency().equals(currency)) {
        problem(path + ".currency", "must be the tenant's currency, " + currency);
      } else {
        return Optional.of(nanos);
      }
    } catch (ValidationException e) {
      problems.addAll(e.fields());
    }
    return Optional.empty();
  }

  private void oneOf(String path, Optional<?> value, WireNames<?> names) {
    if (value.isEmpty()) {
      problem(path, "must be one of " + names.list());
    }
  }

  private void problem(String path, String message) {
    problems.add(new FieldProblem(path, message));
  }
}
