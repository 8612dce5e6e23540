package io.platformapi.routes.ingestion;

import io.platformapi.routes.message.CallOwner;
import io.platformapi.routes.message.QuotaSnapshot;
import io.platformapi.routes.message.UsageRecord;

/** What a record of the usage topic turned out to be. */
sealed interface IngestEvent {

  /**
   * One LLM call.
   *
   * @param claimedTenant the tenant the event names, or null
   * @param ownerDecides true for LiteLLM's own payload, where only the key says who pays
   */
  record Usage(UsageRecord usage, CallOwner owner, String claimedTenant, boolean ownerDecides)
      implements IngestEvent {}

  /** The gateway's cumulative numbers of a tenant. */
  record Snapshot(QuotaSnapshot snapshot, String claimedTenant) implements IngestEvent {}
}
