package io.platformapi.routes.port;

/** The database cannot answer now; try again later. */
public class StoreUnavailableException extends RuntimeException {
  public StoreUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
