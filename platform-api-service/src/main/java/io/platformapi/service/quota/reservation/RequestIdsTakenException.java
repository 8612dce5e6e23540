package io.platformapi.service.quota.reservation;

import java.util.Set;

/** Open reservations have these request ids. */
public final class RequestIdsTakenException extends RuntimeException {
  private final transient Set<String> requestIds;

  public RequestIdsTakenException(Set<String> requestIds) {
    super("request ids are taken", null, false, false);
    this.requestIds = Set.copyOf(requestIds);
  }

  public Set<String> requestIds() {
    return requestIds;
  }
}
