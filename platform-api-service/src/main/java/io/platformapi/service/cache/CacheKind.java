package io.platformapi.service.cache;

import java.util.Arrays;
import java.util.Optional;

/** What can be cached, and so what can change; the key of a change is the key of the cache. */
public enum CacheKind {
  /** Key: tenant id. */
  TENANT("tenant"),
  /** Key: {@code *}, the set is one. */
  SIGNING_KEY("signing_key"),
  /** Key: SHA-256 of the token. */
  TOKEN("token"),
  /** Key: prefix of the API key. */
  API_KEY("api_key"),
  /** A user. Key: {@code tenantId/subject/<sub>}, and {@code tenantId/id/<user id>}. */
  SUBJECT("subject"),
  /** Key: tenant id, or empty for the platform's own. */
  POLICY("policy"),
  /** Key: tenant id. */
  QUOTA("quota"),
  /** Key: what was revoked. */
  REVOCATION("revocation");

  private final String code;

  CacheKind(String code) {
    this.code = code;
  }

  /** How it is named in the table of changes and in hints. */
  public String code() {
    return code;
  }

  /** Empty for one that only a newer node knows. */
  static Optional<CacheKind> of(String code) {
    return Arrays.stream(values()).filter(kind -> kind.code.equals(code)).findAny();
  }
}
