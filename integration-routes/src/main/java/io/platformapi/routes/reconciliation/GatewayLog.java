package io.platformapi.routes.reconciliation;

import io.platformapi.routes.message.SpendPullResult;
import io.platformapi.routes.port.SpendBook;
import java.time.Instant;

/** The gateway's own log of calls. */
@FunctionalInterface
public interface GatewayLog {

  /**
   * Reads the rows of a window into a book, from where that was left.
   *
   * @param teamId only this team's, or null for all
   * @param requestId goes along as X-Request-Id
   */
  SpendPullResult read(String teamId, Instant from, Instant to, SpendBook into, String requestId);
}
