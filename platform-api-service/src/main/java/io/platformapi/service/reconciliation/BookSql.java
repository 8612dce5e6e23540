package io.platformapi.service.reconciliation;

/** How the two books are read, in SQL: what of them is compared, under one set of names. */
final class BookSql {
  /**
   * Calls of the gateway in a stretch of time. Failures that cost nothing are no difference in any
   * case, and are left out on both sides. The base is the id of the answer as both sides have it: a
   * cache hit's ends differently in each, and what is left is that of the call that filled the
   * cache.
   */
  static final String GATEWAY =
      """
      SELECT request_id, call_id, status, team_id, started_at, key_hash,
        coalesce(model_group, model) AS model, input_tokens, output_tokens, cost_nanos, cache_hit,
        CASE WHEN cache_hit THEN split_part(request_id, '_cache_hit', 1) ELSE request_id END
          AS base
      FROM gateway_calls
      WHERE started_at >= ? AND started_at < ? AND (status = 'success' OR cost_nanos > 0)
      """;

  /** Events that count, but for what callers settled: that is not the gateway's word. */
  static final String LEDGER =
      """
      SELECT event_id, response_id, call_id, status, team_id, started_at, received_at, source,
        nullif(key_hash, '') AS key_hash, coalesce(nullif(model_group, ''), model) AS model,
        input_tokens, output_tokens, cost_nanos,
        CASE WHEN cache_hit THEN split_part(response_id, '_cache_hit', 1) ELSE response_id END
          AS base
      FROM usage_events
      WHERE started_at >= ? AND started_at < ? AND (status = 'success' OR cost_nanos > 0)
        AND reversed_in IS NULL AND source <> 'settlement'
      """;

  /** Whether the sides of a call, {@code g} and {@code l}, do not agree. */
  static final String DIFFER =
      """
      (g.input_tokens <> l.input_tokens OR g.output_tokens <> l.output_tokens
        OR g.cost_nanos <> l.cost_nanos OR g.key_hash IS DISTINCT FROM l.key_hash
        OR g.started_at - l.started_at NOT BETWEEN interval '-1 second' AND interval '1 second')
      """;

  /** The columns of an item that both sides of a call fill. */
  static final String COLUMNS =
      """
      run_id, call_id, call_status, team_id, request_id, gateway_started_at, gateway_key,
        gateway_model, gateway_input_tokens, gateway_output_tokens, gateway_cost_nanos, event_id,
        response_id, ledger_started_at, ledger_received_at, ledger_source, ledger_key,
        ledger_model, ledger_input_tokens, ledger_output_tokens, ledger_cost_nanos
      """;

  /** What fills them, of {@code g} and {@code l}; one parameter, the run. */
  static final String VALUES =
      """
      ?::uuid, coalesce(l.call_id, g.call_id), coalesce(l.status, g.status),
        coalesce(g.team_id, l.team_id), g.request_id, g.started_at, g.key_hash, g.model,
        g.input_tokens, g.output_tokens, g.cost_nanos, l.event_id, l.response_id, l.started_at,
        l.received_at, l.source, l.key_hash, l.model, l.input_tokens, l.output_tokens,
        l.cost_nanos
      """;

  /** Puts the ledger's side of a call, {@code l}, into an item. */
  static final String SET_LEDGER =
      """
      event_id = l.event_id, response_id = l.response_id, ledger_started_at = l.started_at,
        ledger_received_at = l.received_at, ledger_source = l.source, ledger_key = l.key_hash,
        ledger_model = l.model, ledger_input_tokens = l.input_tokens,
        ledger_output_tokens = l.output_tokens, ledger_cost_nanos = l.cost_nanos
      """;

  private BookSql() {}
}
