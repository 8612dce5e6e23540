package io.platformapi.routes.gateway.litellm;

import java.time.Instant;

/**
 * Which rows of the spend log to read.
 *
 * @param from earliest start of a call
 * @param to latest start, exclusive; rows of the last minutes may not have been written yet
 * @param teamId only this team's, or null for all
 * @param requestId goes along as X-Request-Id, or null to make one for each call
 */
public record SpendQuery(Instant from, Instant to, String teamId, String requestId) {

  public SpendQuery(Instant from, Instant to) {
    this(from, to, null, null);
  }
}
