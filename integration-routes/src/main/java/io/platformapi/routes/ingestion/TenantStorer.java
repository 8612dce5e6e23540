package io.platformapi.routes.ingestion;

import io.platformapi.routes.message.QuotaSnapshot;
import io.platformapi.routes.message.StoreResult;
import io.platformapi.routes.message.UsageBatch;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.routes.port.RejectedByStoreException;
import io.platformapi.routes.port.StoreUnavailableException;
import io.platformapi.routes.port.TenantUnavailableException;
import io.platformapi.routes.port.UsageStore;
import io.platformapi.routes.support.RouteMeters;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores what one batch holds of one tenant, and sorts out what cannot be stored now or ever. */
final class TenantStorer {
  private static final Logger LOG = LoggerFactory.getLogger(TenantStorer.class);

  private final UsageStore store;
  private final TenantCircuits circuits;
  private final RouteMeters meters;

  TenantStorer(UsageStore store, TenantCircuits circuits, RouteMeters meters) {
    this.store = store;
    this.circuits = circuits;
    this.meters = meters;
  }

  /** What was not stored: events that never can be, and events for a later attempt. */
  record Leftover(List<SourceRecord> dead, List<SourceRecord> later) {}

  /**
   * Returns when each event is stored or left over.
   *
   * @throws StoreUnavailableException when the store stayed down for as long as may be waited
   */
  Leftover store(String tenantId, List<PendingEvent> events, InPlaceRetry retry) {
    Leftover leftover = new Leftover(new ArrayList<>(), new ArrayList<>());
    if (!circuits.allows(tenantId)) {
      events.forEach(event -> leftover.later.add(event.source()));
      return leftover;
    }
    Deque<List<PendingEvent>> parts = new ArrayDeque<>();
    parts.push(events);
    while (!parts.isEmpty()) {
      List<PendingEvent> part = parts.pop();
      try {
        UsageBatch batch = batchOf(part);
        count(retry.call(() -> store.store(tenantId, batch)));
      } catch (RejectedByStoreException e) {
        if (part.size() == 1) {
          LOG.warn("the store of tenant {} refuses an event for good", tenantId, e);
          leftover.dead.add(part.get(0).source());
        } else {
          int half = part.size() / 2;
          parts.push(part.subList(half, part.size()));
          parts.push(part.subList(0, half));
        }
      } catch (TenantUnavailableException e) {
        LOG.warn("the database of tenant {} is down: {}", tenantId, e.toString());
        return putOff(tenantId, leftover, part, parts);
      } catch (StoreUnavailableException e) {
        throw e;
      } catch (RuntimeException e) {
        // A defect that one tenant's data or database brings out must not hold up the others.
        LOG.error("cannot store events of tenant {}", tenantId, e);
        return putOff(tenantId, leftover, part, parts);
      }
    }
    circuits.succeeded(tenantId);
    return leftover;
  }

  private Leftover putOff(
      String tenantId,
      Leftover leftover,
      List<PendingEvent> part,
      Deque<List<PendingEvent>> others) {
    circuits.failed(tenantId);
    part.forEach(event -> leftover.later.add(event.source()));
    others.forEach(other -> other.forEach(event -> leftover.later.add(event.source())));
    return leftover;
  }

  private void count(StoreResult result) {
    meters.posted(result.posted());
    meters.duplicate(result.duplicates());
    meters.snapshot(result.snapshots());
  }

  private static UsageBatch batchOf(List<PendingEvent> events) {
    List<UsageRecord> usage = new ArrayList<>(events.size());
    List<QuotaSnapshot> snapshots = new ArrayList<>();
    for (PendingEvent pending : events) {
      if (pending.event() instanceof IngestEvent.Usage event) {
        usage.add(event.usage());
      } else if (pending.event() instanceof IngestEvent.Snapshot event) {
        snapshots.add(event.snapshot());
      }
    }
    return new UsageBatch(usage, snapshots);
  }
}
