package io.platformapi.service.audit;

/** Every action that leaves a mark in the audit log. */
public enum AuditAction {
  TENANT_CREATED("tenant.created"),
  TENANT_FAILED("tenant.failed"),
  TENANT_UPDATED("tenant.updated"),
  QUOTA_CHANGED("quota.changed"),
  QUOTA_GRANT_CREATED("quota.grant_created"),
  QUOTA_GRANT_REVOKED("quota.grant_revoked"),
  PLATFORM_DEFAULTS_CHANGED("platform.defaults_changed"),
  API_KEY_CREATED("apikey.created"),
  API_KEY_ROTATED("apikey.rotated"),
  API_KEY_REVOKED("apikey.revoked"),
  USER_CREATED("user.created"),
  USER_UPDATED("user.updated"),
  USER_SUSPENDED("user.suspended"),
  USER_RESUMED("user.resumed"),
  USER_DELETED("user.deleted"),
  SIGNED_IN("session.signed_in"),
  SIGN_IN_REFUSED("session.sign_in_refused"),
  SESSION_REFRESHED("session.refreshed"),
  REFRESH_REFUSED("session.refresh_refused"),
  SIGNED_OUT("session.signed_out"),
  POLICY_CREATED("policy.created"),
  POLICY_UPDATED("policy.updated"),
  POLICY_DELETED("policy.deleted"),
  POLICY_SCHEMA_UPDATED("policy.schema_updated"),
  ROLE_CREATED("role.created"),
  ROLE_UPDATED("role.updated"),
  ROLE_DELETED("role.deleted"),
  ROLE_ASSIGNED("role.assigned"),
  ROLE_UNASSIGNED("role.unassigned"),
  RECONCILIATION_STARTED("reconciliation.started"),
  RECONCILIATION_ITEM_APPROVED("reconciliation.item_approved"),
  RECONCILIATION_ITEM_REJECTED("reconciliation.item_rejected"),
  RECONCILIATION_POLICY_UPDATED("reconciliation.policy_updated"),
  LIMIT_PUSHED("limit.pushed"),
  DEAD_LETTERS_REPLAYED("dead_letters.replayed"),
  DEAD_LETTERS_REPLAY_FAILED("dead_letters.replay_failed"),
  ACCESS_REFUSED("access.refused");

  private final String code;

  AuditAction(String code) {
    this.code = code;
  }

  public String code() {
    return code;
  }
}
