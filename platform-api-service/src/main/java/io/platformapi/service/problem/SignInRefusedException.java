package io.platformapi.service.problem;

/** A sign-in, or what a session goes on with, was refused; the text is for the caller. */
public final class SignInRefusedException extends RuntimeException {
  public SignInRefusedException(String message) {
    super(message);
  }
}
