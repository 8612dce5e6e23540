package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.PlayedSpendLog;
import io.platformapi.service.testing.RealServers;
import io.platformapi.service.testing.Recordings;
import io.platformapi.service.testing.TenantSql;
import io.platformapi.service.usage.LedgerVerifier;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * The drift of a real LiteLLM 1.102.4: the events that its logger posted, and the rows that it
 * wrote of the same traffic. Of 14 calls no event ever came.
 */
class RealDriftTest {
  private static final List<String> TENANTS = List.of("acme", "globex", "initech");
  private static final Duration LONG = Duration.ofSeconds(60);

  @Test
  void aRunFindsTheCallsThatTheLoggerLostAndPostsThem() throws Exception {
    JsonNode totals = Recordings.totals();
    JsonNode gateway = totals.get("gatewaySide");
    try (PlayedSpendLog spend = new PlayedSpendLog();
        PlatformUnderTest platform =
            PlatformUnderTest.start(
                PlatformSettings.create()
                    .with("KONG_URL", spend.url().toString())
                    .with("LITELLM_API_KEY", "sk-master")
                    // The recording is older than what the first scheduled reading takes.
                    .with("SPEND_PULL_INTERVAL", "1h")
                    .with("RECONCILIATION_ROUND", "200ms")
                    .with("RECONCILIATION_INTERVAL", "100ms"))) {
      TENANTS.forEach(platform::createTenant);
      for (String event : Recordings.usageEvents()) {
        post(platform, event);
      }
      TenantSql sql = new TenantSql(platform.settings());
      for (String tenant : TENANTS) {
        long events = totals.at("/byTeam/team_" + tenant + "/events").asLong();
        await("the events of " + tenant)
            .atMost(LONG)
            .until(
                () -> sql.tenant(tenant, "SELECT count(*) FROM usage_events"),
                List.of(String.valueOf(events))::equals);
      }

      List<String> runs = new ArrayList<>();
      for (String tenant : TENANTS) {
        String run = UUID.randomUUID().toString();
        runs.add(run);
        await("that no scheduled run is under way")
            .atMost(LONG)
            .until(
                () ->
                    sql.tenant(
                        tenant,
                        """
                        INSERT INTO reconciliation_runs (id, window_from, window_to, covered_to,
                          trigger, requested_by, state, created_at, next_attempt_at)
                        VALUES ('%s', '2026-11-23T09:00Z', '2026-11-23T10:00Z',
                          '2026-11-23T10:00Z', 'task', 'tests', 'requested', now(), now())
                        ON CONFLICT DO NOTHING RETURNING 1
                        """
                            .formatted(run)),
                List.of("1")::equals);
      }
      List<String> missing = new ArrayList<>();
      for (int i = 0; i < TENANTS.size(); i++) {
        String tenant = TENANTS.get(i);
        String run = runs.get(i);
        await("the run of " + tenant)
            .atMost(LONG)
            .until(
                () -> sql.tenant(tenant, "SELECT state FROM reconciliation_runs" + of(run)),
                List.of("completed")::equals);
        missing.addAll(
            sql.tenant(
                tenant,
                "SELECT call_id FROM reconciliation_items WHERE run_id = '"
                    + run
                    + "' AND difference = 'missing_in_ledger' AND status = 'posted'"));
        agrees(sql, tenant, run, gateway);
      }

      List<String> lost = new ArrayList<>();
      gateway.get("callsOnlyAtTheGateway").forEach(call -> lost.add(call.asText()));
      assertThat(missing).containsExactlyInAnyOrderElementsOf(new TreeSet<>(lost));
    }
  }

  private static void post(PlatformUnderTest platform, String event) {
    platform
        .client()
        .with("Authorization", "Bearer " + PlatformSettings.INGEST_TOKEN)
        .post("/v1/ingest/litellm", event.getBytes(StandardCharsets.UTF_8))
        .mustBe(202);
  }

  /** The team's sum is the gateway's, but for the streams that broke after they had cost. */
  private static void agrees(TenantSql sql, String tenant, String run, JsonNode gateway)
      throws Exception {
    List<String> others =
        sql.tenant(
            tenant,
            "SELECT concat_ws(' ', difference, reason, status) FROM reconciliation_items WHERE"
                + " run_id = '"
                + run
                + "' AND difference <> 'missing_in_ledger'");
    assertThat(others)
        .allMatch("missing_in_gateway failed_with_cost explained"::equals)
        .hasSize(tenant.equals("globex") ? 0 : 1);
    long broken =
        number(
            sql,
            tenant,
            "SELECT coalesce(-sum(cost_nanos), 0) FROM reconciliation_items WHERE reason ="
                + " 'failed_with_cost' AND run_id = '"
                + run
                + "'");
    long counted =
        number(
            sql,
            tenant,
            "SELECT cost_nanos FROM usage_counters c JOIN ledger_accounts a ON a.id ="
                + " c.account_id WHERE a.scope = 'team' AND c.kind = 'month' AND a.key = 'team_"
                + tenant
                + "'");
    assertThat(counted - broken).isEqualTo(gateway.at("/spendNanosByTeam/team_" + tenant).asLong());
    assertThat(number(sql, tenant, "SELECT count(*) FROM gateway_calls"))
        .isEqualTo(gateway.at("/rowsByTeam/team_" + tenant).asLong());
    try (Connection connection =
        DriverManager.getConnection(
            RealServers.postgres().jdbcUrl(sql.databaseOf(tenant)), "postgres", "")) {
      assertThat(new LedgerVerifier().findings(connection, tenant)).isEmpty();
    }
  }

  private static long number(TenantSql sql, String tenant, String query) {
    return Long.parseLong(sql.tenant(tenant, query).get(0));
  }

  private static String of(String run) {
    return " WHERE id = '" + run + "'";
  }
}
