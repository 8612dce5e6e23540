package io.platformapi.service.quota.engine;

import io.platformapi.service.usage.LedgerScope;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Which calls a quota counts: those whose name in each of its scopes is the given one. The value
 * {@value #EACH} stands for every name: each has a balance of its own. Without any scope it is the
 * whole tenant.
 */
public final class QuotaSelector {
  public static final String EACH = "*";

  /** Everything that a tenant does. */
  public static final QuotaSelector TENANT = new QuotaSelector(Map.of());

  private static final String SCOPES_SEPARATOR = "+";

  private final EnumMap<LedgerScope, String> values = new EnumMap<>(LedgerScope.class);

  private QuotaSelector(Map<LedgerScope, String> values) {
    this.values.putAll(values);
  }

  /**
   * @param values by scope, none of them the tenant
   */
  public static QuotaSelector of(Map<LedgerScope, String> values) {
    if (values.containsKey(LedgerScope.TENANT)) {
      throw new IllegalArgumentException("the tenant is the absence of other scopes");
    }
    return values.isEmpty() ? TENANT : new QuotaSelector(values);
  }

  /** The selector whose two texts these are. */
  public static QuotaSelector parse(String scope, String scopeId) {
    if (scope.equals(LedgerScope.TENANT.wire())) {
      return TENANT;
    }
    String[] scopes = scope.split("\\" + SCOPES_SEPARATOR);
    String[] names = scopeId.split(String.valueOf(JoinedNames.SEPARATOR), -1);
    EnumMap<LedgerScope, String> values = new EnumMap<>(LedgerScope.class);
    for (int i = 0; i < scopes.length; i++) {
      values.put(LedgerScope.NAMES.parse(scopes[i]).orElseThrow(), names[i]);
    }
    return new QuotaSelector(values);
  }

  /** Its scopes as one text: {@code tenant}, {@code user}, {@code team+model}. */
  public String scope() {
    return values.isEmpty()
        ? LedgerScope.TENANT.wire()
        : values.keySet().stream()
            .map(LedgerScope::wire)
            .collect(Collectors.joining(SCOPES_SEPARATOR));
  }

  /** Its values as one text, empty for the tenant; no value has a control character. */
  public String scopeId() {
    return String.join(String.valueOf(JoinedNames.SEPARATOR), values.values());
  }

  /** The one scope it has; null when it has several. */
  public LedgerScope single() {
    return switch (values.size()) {
      case 0 -> LedgerScope.TENANT;
      case 1 -> values.keySet().iterator().next();
      default -> null;
    };
  }

  /** Values by scope, in the order of the scopes; empty for the tenant. */
  public Map<LedgerScope, String> values() {
    return new EnumMap<>(values);
  }

  /** Scopes with one name. */
  public List<LedgerScope> fixed() {
    return scopes(false);
  }

  /** Scopes in which each name counts for itself. */
  public List<LedgerScope> each() {
    return scopes(true);
  }

  /**
   * The subject of a balance of its own.
   *
   * @param names one for each of {@link #each}
   */
  public String subject(Map<LedgerScope, String> names) {
    return JoinedNames.of(
        each().stream().map(scope -> scope.accountName(names.get(scope))).toList());
  }

  private List<LedgerScope> scopes(boolean each) {
    List<LedgerScope> scopes = new ArrayList<>();
    values.forEach(
        (scope, value) -> {
          if (value.equals(EACH) == each) {
            scopes.add(scope);
          }
        });
    return scopes;
  }

  String value(LedgerScope scope) {
    return values.get(scope);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof QuotaSelector that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return scope() + ":" + scopeId();
  }
}
