package io.platformapi.service.tenant;

/** What a tenant is found by. */
enum TenantKey {
  ID("SELECT 1 FROM tenants WHERE id = ?"),
  ORGANIZATION("SELECT 1 FROM tenants WHERE org = ?"),
  TEAM("SELECT 1 FROM tenant_litellm_teams WHERE team_id = ?"),
  GATEWAY_ORGANIZATION("SELECT 1 FROM tenant_litellm_organizations WHERE organization_id = ?");

  private final String exists;

  TenantKey(String exists) {
    this.exists = exists;
  }

  /** Query that tells whether somebody is registered under a key. */
  String exists() {
    return exists;
  }
}
