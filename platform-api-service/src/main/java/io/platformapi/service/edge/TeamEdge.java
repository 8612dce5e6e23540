package io.platformapi.service.edge;

import io.platformapi.routes.gateway.litellm.LiteLlmAdmin;
import io.platformapi.routes.gateway.litellm.LiteLlmTeam;
import io.platformapi.routes.port.TenantDirectory;
import java.util.Optional;

/** Budgets of LiteLLM's teams. */
final class TeamEdge implements Edge {
  private final LiteLlmAdmin admin;
  private final TenantDirectory tenants;

  TeamEdge(LiteLlmAdmin admin, TenantDirectory tenants) {
    this.admin = admin;
    this.tenants = tenants;
  }

  @Override
  public Edge onBehalfOf(String requestId) {
    return new TeamEdge(admin.onBehalfOf(requestId), tenants);
  }

  @Override
  public Optional<EdgeLimit> present(String tenantId, String id) {
    LiteLlmTeam team = admin.team(id);
    Optional<String> owner = tenants.tenantOf(team.owner());
    return owner.filter(tenantId::equals).map(own -> BudgetLimit.of(team.limits()));
  }

  @Override
  public void set(String id, EdgeLimit wanted, EdgeLimit present) {
    admin.updateTeam(id, ((BudgetLimit) wanted).from((BudgetLimit) present));
  }
}
