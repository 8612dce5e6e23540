package io.platformapi.service.problem;

/** The thing that was asked for does not exist, or not for this caller. */
public final class ResourceNotFoundException extends RuntimeException {
  public ResourceNotFoundException(String kind) {
    super(kind + " not found");
  }
}
