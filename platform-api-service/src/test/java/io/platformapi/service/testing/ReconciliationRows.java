package io.platformapi.service.testing;

import java.util.UUID;

/** Puts runs and what they found into a tenant's database, without a gateway to compare with. */
public final class ReconciliationRows {
  private final TenantRows rows;

  public ReconciliationRows(PlatformSettings settings, String tenant) {
    this.rows = new TenantRows(settings, tenant);
  }

  /**
   * A run over a window.
   *
   * @param state a last step; of {@code completed} and {@code failed} it is over
   * @return its id
   */
  public String run(String state, String from, String to) {
    String id = UUID.randomUUID().toString();
    boolean over = state.equals("completed") || state.equals("failed");
    rows.execute(
        """
        INSERT INTO reconciliation_runs (id, window_from, window_to, covered_to, trigger,
          requested_by, state, created_at, finished_at, next_attempt_at)
        VALUES ('%s', '%s', '%s', '%3$s', 'schedule', 'tests', '%s', clock_timestamp(), %s,
          '9999-01-01T00:00:00Z')"""
            .formatted(id, from, to, state, over ? "clock_timestamp()" : "NULL"));
    return id;
  }

  /**
   * A price that differs, in a call that both sides have; its adjustment is proposed.
   *
   * @param costNanos gateway less ledger
   * @return its id
   */
  public String proposed(String run, String callId, long costNanos) {
    return item(run, callId, "price", "cost_differs", "replace", "proposed", costNanos, "gpt-4o");
  }

  /** A difference in a call that both sides have. */
  public String item(
      String run,
      String callId,
      String difference,
      String reason,
      String adjustment,
      String status,
      long costNanos,
      String model) {
    String id = UUID.randomUUID().toString();
    rows.execute(
        """
        INSERT INTO reconciliation_items (id, run_id, difference, reason, adjustment, status,
          call_id, call_status, team_id, request_id, gateway_started_at, gateway_key, gateway_model,
          gateway_input_tokens, gateway_output_tokens, gateway_cost_nanos, event_id, response_id,
          ledger_started_at, ledger_received_at, ledger_source, ledger_key, ledger_model,
          ledger_input_tokens, ledger_output_tokens, ledger_cost_nanos)
        VALUES ('%s', '%s', '%s', '%s', '%s', '%s', '%s', 'success', 'red', 'request-%7$s',
          '2026-11-01T10:00:00Z', 'key-of-%9$s', '%9$s', 10, 5, %8$d + 1000, gen_random_uuid(),
          'request-%7$s', '2026-11-01T10:00:00Z', '2026-11-01T10:00:01Z', 'gateway', 'key-of-%9$s',
          '%9$s', 10, 5, 1000)"""
            .formatted(id, run, difference, reason, adjustment, status, callId, costNanos, model));
    return id;
  }

  /** The first column of the first row. */
  public String single(String sql) {
    return rows.single(sql);
  }

  public void execute(String sql) {
    rows.execute(sql);
  }
}
