package io.platformapi.service.edge;

import java.util.Optional;

/**
 * A place where limits are in force besides here. Every method throws {@link
 * io.platformapi.routes.gateway.UpstreamException}, NOT_FOUND for what is not there.
 */
interface Edge {
  /** The same, whose calls carry this X-Request-Id. */
  Edge onBehalfOf(String requestId);

  /** What is in force now; empty when the target is another tenant's. */
  Optional<EdgeLimit> present(String tenantId, String id);

  /** Puts a limit in the place of another one. */
  void set(String id, EdgeLimit wanted, EdgeLimit present);
}
