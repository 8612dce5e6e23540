package io.platformapi.service.edge;

import io.platformapi.routes.gateway.litellm.LiteLlmAdmin;
import io.platformapi.routes.gateway.litellm.LiteLlmKey;
import io.platformapi.routes.port.TenantDirectory;
import java.util.Optional;

/** Budgets of LiteLLM's keys, by their hashes. A quota names any: whose it is, LiteLLM knows. */
final class KeyEdge implements Edge {
  private final LiteLlmAdmin admin;
  private final TenantDirectory tenants;

  KeyEdge(LiteLlmAdmin admin, TenantDirectory tenants) {
    this.admin = admin;
    this.tenants = tenants;
  }

  @Override
  public Edge onBehalfOf(String requestId) {
    return new KeyEdge(admin.onBehalfOf(requestId), tenants);
  }

  @Override
  public Optional<EdgeLimit> present(String tenantId, String id) {
    LiteLlmKey key = admin.key(id);
    Optional<String> owner = tenants.tenantOf(key.owner());
    return owner.filter(tenantId::equals).map(own -> BudgetLimit.of(key.limits()));
  }

  @Override
  public void set(String id, EdgeLimit wanted, EdgeLimit present) {
    admin.updateKey(id, ((BudgetLimit) wanted).from((BudgetLimit) present));
  }
}
