package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.PlayedEdge;
import io.platformapi.service.testing.TenantSql;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReconciliationScheduleTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @Test
  void noNodeStartsRunsOfATenantThatIsPaused() throws Exception {
    try (PlayedEdge edge = new PlayedEdge()) {
      PlatformSettings settings =
          PlatformSettings.create()
              .with("KONG_URL", edge.url().toString())
              .with("LITELLM_API_KEY", "sk-admin")
              .with("RECONCILIATION_ROUND", "200ms")
              .with("RECONCILIATION_INTERVAL", "100ms");
      TenantSql sql = new TenantSql(settings);
      try (PlatformUnderTest node = PlatformUnderTest.start(settings);
          PlatformUnderTest other = PlatformUnderTest.start(settings)) {
        // Visits go by the tenants' names: what the second one got, the first one was refused.
        node.createTenant("a-paused");
        node.createTenant("b-going");
        awaitRuns(sql, "a-paused", 1);
        awaitRuns(sql, "b-going", 1);
        other.operator().post("/tasks/reconcile-pause?by=ann&tenant=a-paused", "").mustBe(200);

        rewind(sql, "a-paused");
        rewind(sql, "b-going");
        awaitRuns(sql, "b-going", 2);
        assertThat(runs(sql, "a-paused")).isEqualTo("1");

        node.operator().post("/tasks/reconcile-resume?by=ann&tenant=a-paused", "").mustBe(200);
        awaitRuns(sql, "a-paused", 2);
      }
    }
  }

  private static void awaitRuns(TenantSql sql, String tenant, int count) {
    await(tenant)
        .atMost(PATIENCE)
        .until(() -> runs(sql, tenant).equals(String.valueOf(count)) && over(sql, tenant));
  }

  private static String runs(TenantSql sql, String tenant) {
    return sql.tenant(tenant, "SELECT count(*) FROM reconciliation_runs").get(0);
  }

  private static boolean over(TenantSql sql, String tenant) {
    return sql.tenant(tenant, "SELECT 1 FROM reconciliation_runs WHERE state <> 'completed'")
        .isEmpty();
  }

  /** As if the last run had been long ago. */
  private static void rewind(TenantSql sql, String tenant) {
    sql.tenant(
        tenant, "UPDATE reconciliation_runs SET covered_to = covered_to - interval '12 hours'");
  }
}
