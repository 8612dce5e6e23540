package io.platformapi.service.auth;

/**
 * What a caller showed to be let in.
 *
 * @param kind what it is
 * @param id id of the API key, or null for a token
 */
public record Credential(Kind kind, String id) {

  /** What a credential can be. */
  public enum Kind {
    TOKEN,
    API_KEY
  }
}
