package io.platformapi.service.auth;

import java.time.Instant;

/**
 * What a caller showed to be let in.
 *
 * @param kind what it is
 * @param id id of the API key, or SHA-256 of what is signed in the token, in hexadecimal
 * @param issuedAt when it was issued, or null when that is not known
 * @param expiresAt when it ends by itself, or null when it does not or that is not known
 */
public record Credential(Kind kind, String id, Instant issuedAt, Instant expiresAt) {

  public Credential(Kind kind, String id) {
    this(kind, id, null, null);
  }

  /** What a credential can be. */
  public enum Kind {
    TOKEN,
    API_KEY
  }
}
