package io.platformapi.service.persistence;

/** A database cannot be used now; try again later. */
public final class DatabaseUnavailableException extends RuntimeException {
  public DatabaseUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
