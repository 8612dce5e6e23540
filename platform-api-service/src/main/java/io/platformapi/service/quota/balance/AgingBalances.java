package io.platformapi.service.quota.balance;

import io.platformapi.service.quota.engine.BalanceKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Balances that were asked for and are nearly forgotten, each once, as many as there is room. */
final class AgingBalances {
  private static final int MOST = 1_000;

  private final Set<One> all = ConcurrentHashMap.newKeySet();

  private record One(String tenantId, BalanceKey key) {}

  void add(String tenantId, BalanceKey key) {
    if (all.size() < MOST) {
      all.add(new One(tenantId, key));
    }
  }

  /** What is there, by tenant, and is there no more. */
  Map<String, List<BalanceKey>> take() {
    Map<String, List<BalanceKey>> taken = new HashMap<>();
    for (One one : all) {
      all.remove(one);
      taken.computeIfAbsent(one.tenantId, tenant -> new ArrayList<>()).add(one.key);
    }
    return taken;
  }
}
