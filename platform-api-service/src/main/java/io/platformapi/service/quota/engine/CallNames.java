package io.platformapi.service.quota.engine;

import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.usage.LedgerScope;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Who and what a call is of: a name in each scope that it has, as the ledger names its accounts.
 */
public final class CallNames {
  private final String[] names = new String[LedgerScope.values().length];

  private CallNames() {}

  /**
   * @param given as callers write them; null or empty where there is none
   */
  public static CallNames of(Map<LedgerScope, String> given) {
    CallNames call = new CallNames();
    given.forEach((scope, name) -> call.put(scope, name));
    return call;
  }

  /** Those of a call that was made. */
  public static CallNames of(UsageRecord record) {
    CallNames call = new CallNames();
    for (LedgerScope scope : LedgerScope.values()) {
      if (scope != LedgerScope.TENANT) {
        call.put(scope, scope.nameOf(record));
      }
    }
    return call;
  }

  /** Null when the call has none in this scope. */
  public String get(LedgerScope scope) {
    return names[scope.ordinal()];
  }

  private void put(LedgerScope scope, String name) {
    if (name != null && !name.isEmpty()) {
      names[scope.ordinal()] = scope.accountName(name);
    }
  }

  /** The names in these scopes; null when one is missing. */
  List<String> in(List<LedgerScope> scopes) {
    String[] found = new String[scopes.size()];
    for (int i = 0; i < found.length; i++) {
      found[i] = get(scopes.get(i));
      if (found[i] == null) {
        return null;
      }
    }
    return Arrays.asList(found);
  }
}
