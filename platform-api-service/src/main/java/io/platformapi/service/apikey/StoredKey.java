package io.platformapi.service.apikey;

import io.platformapi.service.auth.ApiKeys;
import java.time.Instant;
import java.util.UUID;

/**
 * What must be known of a key to let its holder in.
 *
 * @param id id of the key
 * @param hash of the whole key
 * @param holder whom it stands for
 * @param expiresAt when it ends, or null
 * @param revoked whether it was taken back
 */
record StoredKey(UUID id, KeyHash hash, ApiKeys.Holder holder, Instant expiresAt, boolean revoked) {

  boolean expired(Instant now) {
    return expiresAt != null && !now.isBefore(expiresAt);
  }
}
