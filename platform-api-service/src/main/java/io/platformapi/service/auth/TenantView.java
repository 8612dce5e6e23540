package io.platformapi.service.auth;

/**
 * What authentication needs to know of a tenant.
 *
 * @param id tenant id
 * @param platformId platform it belongs to
 * @param state whether it may be used now
 */
public record TenantView(String id, String platformId, State state) {

  /** Whether a tenant may be used. */
  public enum State {
    ACTIVE,
    SUSPENDED,
    /** Being made, or not made in the end. */
    NOT_READY
  }
}
