package io.platformapi.service.quota;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.quota.engine.QuotaSelector;
import io.platformapi.service.usage.LedgerScope;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads and writes whom a quota limits: {@code {"type": "team", "id": "x"}} for one scope, {@code
 * {"team": "x", "model": "*"}} for several, {@code {"type": "tenant"}} or nothing for all.
 */
final class ScopeRules {
  static final String NAME =
      "must be 1 to " + LedgerScope.MAX_NAME_OCTETS + " bytes without control characters";

  private static final String TYPE = "type";
  private static final String ID = "id";

  /** All values of a selector together, in bytes: they are in the key of an index. */
  private static final int MAX_OCTETS = 1500;

  private final Problems problems;

  ScopeRules(Problems problems) {
    this.problems = problems;
  }

  Optional<QuotaSelector> read(String path, JsonNode scope) {
    if (scope == null || scope.isNull()) {
      return Optional.of(QuotaSelector.TENANT);
    }
    if (!scope.isObject() || scope.isEmpty()) {
      problems.add(path, "must be {type, id}, or an object of scopes and their names");
      return Optional.empty();
    }
    return scope.has(TYPE) || scope.has(ID) ? typed(path, scope) : named(path, scope);
  }

  private Optional<QuotaSelector> typed(String path, JsonNode scope) {
    int before = problems.count();
    scope
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!name.equals(TYPE) && !name.equals(ID)) {
                problems.add(path + "." + name, "cannot stand beside type and id");
              }
            });
    Optional<LedgerScope> type =
        problems.oneOf(path + "." + TYPE, scope.path(TYPE).textValue(), LedgerScope.NAMES);
    JsonNode id = scope.path(ID);
    if (type.isPresent() && type.get() == LedgerScope.TENANT) {
      if (!id.isMissingNode() && !id.isNull()) {
        problems.add(path + "." + ID, "must be absent for the tenant");
      }
      return problems.count() == before ? Optional.of(QuotaSelector.TENANT) : Optional.empty();
    }
    if (type.isPresent() && !valid(id)) {
      problems.add(path + "." + ID, names());
    }
    return problems.count() == before
        ? Optional.of(QuotaSelector.of(Map.of(type.get(), id.textValue())))
        : Optional.empty();
  }

  private Optional<QuotaSelector> named(String path, JsonNode scope) {
    int before = problems.count();
    Map<LedgerScope, String> values = new EnumMap<>(LedgerScope.class);
    int octets = 0;
    for (Map.Entry<String, JsonNode> entry : scope.properties()) {
      Optional<LedgerScope> known =
          LedgerScope.NAMES.parse(entry.getKey()).filter(found -> found != LedgerScope.TENANT);
      if (known.isEmpty()) {
        problems.add(
            path + "." + entry.getKey(),
            "must be one of team, user, end_user, api_key, provider, model");
      } else if (!valid(entry.getValue())) {
        problems.add(path + "." + entry.getKey(), names());
      } else {
        values.put(known.get(), entry.getValue().textValue());
        octets += entry.getValue().textValue().getBytes(StandardCharsets.UTF_8).length;
      }
    }
    if (octets > MAX_OCTETS) {
      problems.add(path, "must not have more than " + MAX_OCTETS + " bytes of names");
    }
    return problems.count() == before ? Optional.of(QuotaSelector.of(values)) : Optional.empty();
  }

  static boolean valid(JsonNode name) {
    if (!name.isTextual()) {
      return false;
    }
    String text = name.textValue();
    return !text.isEmpty()
        && text.chars().noneMatch(Character::isISOControl)
        && StandardCharsets.UTF_8.newEncoder().canEncode(text)
        && text.getBytes(StandardCharsets.UTF_8).length <= LedgerScope.MAX_NAME_OCTETS;
  }

  private static String names() {
    return NAME + ", or * for each";
  }

  /** As it is read. */
  static Map<String, String> write(QuotaSelector selector) {
    Map<String, String> scope = new LinkedHashMap<>();
    LedgerScope single = selector.single();
    if (single == null) {
      selector.values().forEach((each, name) -> scope.put(each.wire(), name));
    } else {
      scope.put(TYPE, single.wire());
      scope.put(ID, selector.values().get(single));
    }
    return scope;
  }
}
