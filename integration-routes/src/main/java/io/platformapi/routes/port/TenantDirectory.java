package io.platformapi.routes.port;

import io.platformapi.routes.message.CallOwner;
import java.util.Optional;

/** Knows which tenant a call belongs to. */
public interface TenantDirectory {

  /**
   * The tenant of a call: its registered LiteLLM team, else its registered LiteLLM organization,
   * else the tenant id of the key's metadata when such a tenant exists.
   *
   * @throws StoreUnavailableException when the answer cannot be known now
   */
  Optional<String> tenantOf(CallOwner owner);

  /**
   * Whether events of this tenant id may be posted.
   *
   * @throws StoreUnavailableException when the answer cannot be known now
   */
  boolean knows(String tenantId);
}
