package io.platformapi.service.quota.balance;

import io.platformapi.service.outbox.OutboxBatch;
import io.platformapi.service.outbox.OutboxEvent;
import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.quota.engine.Alert;
import io.platformapi.service.quota.engine.Alerts;
import io.platformapi.service.usage.LedgerTenant;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/**
 * Tells others about balances: leaves the events in the outbox and writes beside the balances that
 * it has, in one round trip of the transaction that has them locked. So each is told of once, by
 * whoever comes first.
 */
public final class AlertWriter {
  /** The rows are there: no other statement finds them by their keys alone, whatever the plan. */
  private static final String MARK =
      """
      INSERT INTO quota_balances AS b
        (quota_id, subject, slot, used, held, version, told, exceeded_told, told_at)
      SELECT k.quota_id, k.subject, timestamptz 'epoch' + k.slot * interval '1 microsecond', 0, 0,
        0, k.told, k.exceeded_told, ?
      FROM unnest(?::uuid[], ?::text[], ?::bigint[], ?::smallint[], ?::boolean[])
        AS k (quota_id, subject, slot, told, exceeded_told)
      ON CONFLICT (quota_id, subject, slot) DO UPDATE SET told = EXCLUDED.told,
        exceeded_told = EXCLUDED.exceeded_told, told_at = EXCLUDED.told_at
      """;

  private static final String SQL = MARK + ";" + OutboxBatch.INSERT;

  private final OutboxBatch outbox;
  private final AlertPayload payload;

  public AlertWriter(OutboxBatch outbox, AlertPayload payload) {
    this.outbox = outbox;
    this.payload = payload;
  }

  /**
   * @param balances locked by this transaction
   * @return whether anything was to be told
   */
  public boolean write(
      Connection connection, LedgerTenant tenant, List<Alerts> balances, Cause cause, Instant now)
      throws SQLException {
    if (balances.isEmpty()) {
      return false;
    }
    List<OutboxEvent> events =
        balances.stream()
            .flatMap(alerts -> alerts.due().stream())
            .map(alert -> event(alert, tenant, cause))
            .toList();
    try (PreparedStatement statement = connection.prepareStatement(SQL)) {
      Parameters parameters = new Parameters(statement).add(now);
      BalanceSql.bindKeys(
          parameters, balances.stream().map(alerts -> alerts.balance().key()).toList());
      boolean[] exceeded = new boolean[balances.size()];
      for (int i = 0; i < exceeded.length; i++) {
        exceeded[i] = balances.get(i).after().exceeded();
      }
      parameters
          .add(balances.stream().mapToLong(alerts -> alerts.after().threshold()).toArray())
          .add(exceeded);
      outbox.bindInsert(parameters, events);
      statement.execute();
    }
    return true;
  }

  private OutboxEvent event(Alert alert, LedgerTenant tenant, Cause cause) {
    return new OutboxEvent(
        alert.exceeded() ? "quota.exceeded" : "quota.threshold_reached",
        tenant.id(),
        tenant.platformId(),
        cause.correlationId(),
        cause.actor(),
        payload.of(alert, tenant));
  }
}
