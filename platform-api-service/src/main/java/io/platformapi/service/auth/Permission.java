package io.platformapi.service.auth;

import java.util.Set;

/** Every permission an endpoint can ask for; its scope is what a credential must carry. */
public enum Permission {
  /** What every caller may do, with any scope or none: see and end its own session. */
  OWN_SESSION(null, false),
  TENANTS_READ("tenants:read", false),
  TENANTS_WRITE("tenants:write", false),
  QUOTAS_READ("quotas:read", true),
  QUOTAS_WRITE("quotas:write", true),
  API_KEYS_READ("apikeys:read", true),
  API_KEYS_WRITE("apikeys:write", true),
  USERS_READ("users:read", true),
  USERS_WRITE("users:write", true),
  POLICIES_READ("policies:read", true),
  POLICIES_WRITE("policies:write", true),
  DECISIONS_CHECK("decisions:check", true);

  /**
   * Scope that lets a caller choose any tenant by X-Tenant-Id and speak for a user by X-User-Id.
   */
  public static final String DELEGATION = "platform:delegate";

  private final String scope;
  private final boolean tenantScoped;

  Permission(String scope, boolean tenantScoped) {
    this.scope = scope;
    this.tenantScoped = tenantScoped;
  }

  /** The scope, or null when none is needed. */
  public String scope() {
    return scope;
  }

  /** Whether these scopes are enough. */
  boolean grantedBy(Set<String> scopes) {
    return scope == null || scopes.contains(scope);
  }

  /** Whether an endpoint with this permission needs a tenant. */
  public boolean tenantScoped() {
    return tenantScoped;
  }
}
