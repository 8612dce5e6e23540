package io.platformapi.routes.port;

/** One tenant's database cannot answer now while others can. */
public final class TenantUnavailableException extends StoreUnavailableException {
  public TenantUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
