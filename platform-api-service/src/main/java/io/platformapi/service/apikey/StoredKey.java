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
 * @param revoked whether it was taken back
 */
record StoredKey(UUID id, KeyHash hash, ApiKeys.Holder holder, boolean revoked) {

  boolean expired(Instant now) {
    return holder.expiresAt() != null && !now.isBefore(holder.expiresAt());
  }
}
