package io.platformapi.service.problem;

/** The tenant exists and its use is suspended. */
public final class TenantSuspendedException extends RuntimeException {
  public TenantSuspendedException() {
    super("the tenant is suspended");
  }
}
