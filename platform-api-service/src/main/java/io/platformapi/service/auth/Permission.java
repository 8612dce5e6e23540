package io.platformapi.service.auth;

/**
 * Every permission an endpoint can ask for. A scope such as {@code quotas:read} names the type of
 * the resources and the action; the policy decides who may.
 */
public enum Permission {
  /** What every caller may do, with any scope or none: see and end its own session. */
  OWN_SESSION(null, false),
  TENANTS_READ("tenants:read", false),
  TENANTS_WRITE("tenants:write", false),
  QUOTAS_READ("quotas:read", true),
  QUOTAS_WRITE("quotas:write", true),
  QUOTAS_RESERVE("quotas:reserve", true),
  API_KEYS_READ("apikeys:read", true),
  API_KEYS_WRITE("apikeys:write", true),
  USERS_READ("users:read", true),
  USERS_WRITE("users:write", true),
  POLICIES_READ("policies:read", true),
  POLICIES_WRITE("policies:write", true),
  DECISIONS_CHECK("decisions:check", true),
  RECONCILIATIONS_READ("reconciliations:read", true),
  RECONCILIATIONS_WRITE("reconciliations:write", true),
  RECONCILIATIONS_APPROVE("reconciliations:approve", true),
  PLATFORM_READ("platform:read", false),
  PLATFORM_WRITE("platform:write", false);

  /**
   * Scope that lets a caller choose any tenant by X-Tenant-Id and speak for a user by X-User-Id.
   */
  public static final String DELEGATION = "platform:delegate";

  /** Scope of a credential that may use the roles of its subject. */
  public static final String ROLES = "platform:roles";

  private final String scope;
  private final String resourceType;
  private final String action;
  private final boolean tenantScoped;

  Permission(String scope, boolean tenantScoped) {
    String[] parts = scope == null ? new String[2] : scope.split(":", 2);
    this.scope = scope;
    this.resourceType = parts[0];
    this.action = parts[1];
    this.tenantScoped = tenantScoped;
  }

  /** The scope, or null when none is needed. */
  public String scope() {
    return scope;
  }

  /** Type of the resources that it is about, as policies name it, or null without a scope. */
  public String resourceType() {
    return resourceType;
  }

  /** What it lets do with them, as policies name it, or null without a scope. */
  public String action() {
    return action;
  }

  /** Whether it is about the rules themselves. */
  boolean aboutPolicies() {
    return this == POLICIES_READ || this == POLICIES_WRITE;
  }

  /** Whether an endpoint with this permission needs a tenant. */
  public boolean tenantScoped() {
    return tenantScoped;
  }
}
