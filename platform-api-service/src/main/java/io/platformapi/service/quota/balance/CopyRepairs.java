package io.platformapi.service.quota.balance;

import java.util.Map;
import java.util.Optional;

/**
 * The side of a copy on which a tenant's database tells it what has changed, so that a change which
 * nobody else could tell is not missed for long. A copy to which nothing is told is not believed.
 */
public interface CopyRepairs {
  /** Somebody else was faster. */
  int OVERTAKEN = -1;

  /** Tenants that somebody has asked about since this was asked, and whether he was believed. */
  Map<String, Boolean> asked();

  /** Up to where the database has told; empty when the copy does not answer. */
  Optional<CopyPlace> place(String tenantId);

  /**
   * Tells what has changed since a place, unless it is the place no more. When not all is known
   * what the copy has is not believed from then on.
   *
   * @param from must have been read before the database was
   * @return how many balances were missing of those, or {@link #OVERTAKEN}; empty when the copy
   *     does not answer
   */
  Optional<Integer> advance(String tenantId, CopyPlace from, BalanceNews news);
}
