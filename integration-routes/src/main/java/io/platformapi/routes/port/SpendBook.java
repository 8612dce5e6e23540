package io.platformapi.routes.port;

import io.platformapi.routes.message.SpendPage;
import java.time.Instant;
import java.util.Optional;

/** Keeps the gateway's own book as received, and how far it has been read. */
public interface SpendBook {

  /**
   * Up to which start time the rows have been stored; empty before the first.
   *
   * @param teamId LiteLLM's team whose rows these are, or null for all
   * @throws StoreUnavailableException when it cannot be known now
   */
  Optional<Instant> watermark(String teamId);

  /**
   * Stores the rows of a page and then its watermark. Rows come again, after a failure and because
   * pulls overlap: of each request id there is one, the last that came.
   *
   * @throws TenantUnavailableException when the tenant's database is down and others are not
   * @throws StoreUnavailableException when nothing can be stored now
   */
  void store(String teamId, SpendPage page);
}
