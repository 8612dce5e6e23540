package io.platformapi.service.signin;

import java.time.Instant;

/**
 * A sign-in that has begun.
 *
 * @param authorizationUrl where the user's browser goes now
 * @param state comes back with the code, and completes this sign-in once
 * @param expiresAt when it can no longer be completed
 */
public record StartedSignIn(String authorizationUrl, String state, Instant expiresAt) {

  /** Without the state, which completes the sign-in. */
  @Override
  public String toString() {
    return "StartedSignIn[expiresAt=" + expiresAt + "]";
  }
}
