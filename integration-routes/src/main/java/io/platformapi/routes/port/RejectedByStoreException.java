package io.platformapi.routes.port;

/** The database refuses some record of the batch and always will (SQLState class 22 or 23). */
public final class RejectedByStoreException extends RuntimeException {
  public RejectedByStoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
