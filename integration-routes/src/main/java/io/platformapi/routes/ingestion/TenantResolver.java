package io.platformapi.routes.ingestion;

import io.platformapi.routes.message.CallOwner;
import io.platformapi.routes.port.TenantDirectory;
import io.platformapi.routes.support.DisplayText;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Decides which tenant an event belongs to; asks the directory once per owner. Made for one batch
 * or body.
 */
final class TenantResolver {
  private final TenantDirectory directory;
  private final Map<CallOwner, Optional<String>> owners = new HashMap<>();
  private final Map<String, Boolean> known = new HashMap<>();

  TenantResolver(TenantDirectory directory) {
    this.directory = directory;
  }

  String tenantOf(IngestEvent event) throws RejectedException {
    if (event instanceof IngestEvent.Usage usage) {
      return tenantOf(usage);
    }
    String claimed = ((IngestEvent.Snapshot) event).claimedTenant();
    return known(claimed);
  }

  /** The tenant that pays according to the key, if one does. */
  Optional<String> tenantOf(CallOwner owner) {
    Optional<String> tenant = owners.get(owner);
    if (tenant == null) {
      tenant =
          owner.teamId() == null && owner.organizationId() == null && owner.authTenantId() == null
              ? Optional.empty()
              : directory.tenantOf(owner);
      owners.put(owner, tenant);
    }
    return tenant;
  }

  private String tenantOf(IngestEvent.Usage usage) throws RejectedException {
    String claimed = usage.claimedTenant();
    String payer = tenantOf(usage.owner()).orElse(null);
    if (payer == null) {
      if (usage.ownerDecides() || claimed == null) {
        throw new RejectedException(RejectReason.UNKNOWN_TENANT, null);
      }
      return known(claimed);
    }
    if (claimed != null && !claimed.equals(payer)) {
      throw new RejectedException(RejectReason.TENANT_MISMATCH, "tenantId");
    }
    return payer;
  }

  private String known(String tenantId) throws RejectedException {
    Boolean answer = known.get(tenantId);
    if (answer == null) {
      answer = DisplayText.isClean(tenantId) && directory.knows(tenantId);
      known.put(tenantId, answer);
    }
    if (!answer) {
      throw new RejectedException(RejectReason.UNKNOWN_TENANT, "tenantId");
    }
    return tenantId;
  }
}
