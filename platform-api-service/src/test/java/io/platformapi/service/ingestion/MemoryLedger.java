package io.platformapi.service.ingestion;

import io.platformapi.routes.message.CallOwner;
import io.platformapi.routes.message.QuotaSnapshot;
import io.platformapi.routes.message.StoreResult;
import io.platformapi.routes.message.UsageBatch;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.routes.port.RejectedByStoreException;
import io.platformapi.routes.port.StoreUnavailableException;
import io.platformapi.routes.port.TenantDirectory;
import io.platformapi.routes.port.TenantUnavailableException;
import io.platformapi.routes.port.UsageStore;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Ledgers in memory, with the faults of real ones at hand; stands where the databases will. */
final class MemoryLedger implements UsageStore, TenantDirectory {
  private final Map<String, Set<UUID>> events = new ConcurrentHashMap<>();
  private final Map<String, List<QuotaSnapshot>> snapshots = new ConcurrentHashMap<>();
  final Set<String> tenantsDown = ConcurrentHashMap.newKeySet();
  final AtomicInteger duplicates = new AtomicInteger();
  final AtomicInteger calls = new AtomicInteger();
  volatile boolean down;
  volatile boolean directoryDown;
  volatile String poisonEndUser;

  @Override
  public StoreResult store(String tenantId, UsageBatch batch) {
    calls.incrementAndGet();
    if (down) {
      throw new StoreUnavailableException("down", null);
    }
    if (tenantsDown.contains(tenantId)) {
      throw new TenantUnavailableException(tenantId + " is down", null);
    }
    for (UsageRecord usage : batch.usage()) {
      if (poisonEndUser != null && poisonEndUser.equals(usage.endUser())) {
        throw new RejectedByStoreException("poison", null);
      }
    }
    Set<UUID> known = events.computeIfAbsent(tenantId, id -> new HashSet<>());
    int posted = 0;
    synchronized (known) {
      for (UsageRecord usage : batch.usage()) {
        if (known.add(usage.eventId())) {
          posted++;
        } else {
          duplicates.incrementAndGet();
        }
      }
    }
    snapshots
        .computeIfAbsent(tenantId, id -> new java.util.ArrayList<>())
        .addAll(batch.snapshots());
    return new StoreResult(posted, batch.usage().size() - posted, batch.snapshots().size());
  }

  int posted(String tenantId) {
    Set<UUID> known = events.get(tenantId);
    if (known == null) {
      return 0;
    }
    synchronized (known) {
      return known.size();
    }
  }

  List<QuotaSnapshot> snapshots(String tenantId) {
    return snapshots.getOrDefault(tenantId, List.of());
  }

  @Override
  public Optional<String> tenantOf(CallOwner owner) {
    if (directoryDown) {
      throw new StoreUnavailableException("down", null);
    }
    return owner.teamId() != null && owner.teamId().startsWith("team_")
        ? Optional.of(owner.teamId().substring("team_".length()))
        : Optional.empty();
  }

  @Override
  public boolean knows(String tenantId) {
    return tenantId.startsWith("tenant-") || Set.of("acme", "globex", "initech").contains(tenantId);
  }
}
