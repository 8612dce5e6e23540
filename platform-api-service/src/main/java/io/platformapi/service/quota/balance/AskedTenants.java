package io.platformapi.service.quota.balance;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Tenants whose copy was asked, and whether it was believed each time. */
final class AskedTenants {
  private final Map<String, Boolean> all = new ConcurrentHashMap<>();

  void add(String tenantId, boolean believed) {
    if (!believed) {
      all.put(tenantId, false);
    } else if (!all.containsKey(tenantId)) {
      all.putIfAbsent(tenantId, true);
    }
  }

  /** What is there, and is there no more. */
  Map<String, Boolean> take() {
    Map<String, Boolean> taken = new HashMap<>();
    for (String tenantId : all.keySet()) {
      Boolean believed = all.remove(tenantId);
      if (believed != null) {
        taken.put(tenantId, believed);
      }
    }
    return taken;
  }
}
