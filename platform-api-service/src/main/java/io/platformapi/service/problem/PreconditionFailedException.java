package io.platformapi.service.problem;

/** The caller named a version of the thing that is not the present one. */
public final class PreconditionFailedException extends RuntimeException {
  public PreconditionFailedException() {
    super("the resource has changed");
  }
}
