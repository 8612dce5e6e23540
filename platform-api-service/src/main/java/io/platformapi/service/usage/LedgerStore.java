package io.platformapi.service.usage;

import io.platformapi.routes.message.StoreResult;
import io.platformapi.routes.message.UsageBatch;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.routes.port.UsageStore;
import io.platformapi.service.persistence.InTenant;
import java.time.Clock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Posts usage into the tenants' ledgers, each batch in one transaction of its tenant's database.
 */
public final class LedgerStore implements UsageStore {
  private final InTenant inTenant;
  private final LedgerTenants tenants;
  private final Consumer<String> committed;
  private final UsageFollower follower;
  private final LedgerWriter writer = new LedgerWriter();
  private final PostingAttempts attempts;

  /**
   * @param adminAnswers whether the admin database answers now: tells a tenant's outage from one of
   *     everything
   * @param committed told the tenant after a commit that left an event in its outbox; must only
   *     leave a note
   * @param follower keeps up what depends on usage
   */
  public LedgerStore(
      InTenant inTenant,
      LedgerTenants tenants,
      BooleanSupplier adminAnswers,
      Consumer<String> committed,
      UsageFollower follower,
      Clock clock) {
    this.inTenant = inTenant;
    this.tenants = tenants;
    this.committed = committed;
    this.follower = follower;
    this.attempts = new PostingAttempts(inTenant, adminAnswers, clock);
  }

  @Override
  public StoreResult store(String tenantId, UsageBatch batch) {
    return attempts.run(
        tenantId,
        () -> batch.usage().stream().map(UsageRecord::startedAt).toList(),
        () -> attempt(tenants.get(tenantId), batch));
  }

  private StoreResult attempt(LedgerTenant tenant, UsageBatch batch) {
    UsageFollower.Following following =
        batch.usage().isEmpty()
            ? UsageFollower.Following.NOTHING
            : follower.follow(tenant, batch.usage());
    StoreResult result =
        inTenant.sqlLeavingNothing(
            tenant.id(), connection -> writer.write(connection, tenant, batch, following));
    if (result.posted() > 0) {
      committed.accept(tenant.id());
      following.committed();
    }
    return result;
  }
}
