package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.platformapi.service.local.LocalPorts;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.TenantRows;
import io.platformapi.service.testing.TestDatabases;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What other nodes decide after a change, and what is decided when the policy cannot be read. */
class PolicyNodesTest {
  private static final String ASKED =
      """
      {"subject":{"type":"service","id":"robot"},"action":"read",
       "resource":{"type":"quotas","id":"q"}}""";
  private static final String VIEWER =
      ASKED.replace("\"robot\"", "\"somebody\",\"roles\":[\"viewer\"]");
  private static final String CHECK = "/v1/authz/check";

  private static PlatformUnderTest first;
  private static PlatformUnderTest second;

  @BeforeAll
  static void start() throws Exception {
    PlatformSettings settings = PlatformSettings.create().with("POLICIES_STALE_AT_MOST", "2s");
    first = PlatformUnderTest.start(settings);
    // It hears no hint, so what it hears is what the table of changes tells.
    second =
        PlatformUnderTest.start(settings.with("REDIS_PORT", String.valueOf(LocalPorts.free())));
    first.createTenant("acme");
    first.createTenant("away");
    first.createTenant("third");
  }

  @AfterAll
  static void stop() {
    second.close();
    first.close();
  }

  @Test
  void aRoleAndARuleCountAndStopCountingOnAnotherNodeWithinASecond() {
    PlatformClient here = first.clientOf("acme");
    PlatformClient there = second.clientOf("acme");
    await("the tenant to be known there")
        .atMost(Duration.ofSeconds(20))
        .until(() -> there.post(CHECK, ASKED).status() == 200);
    assertThat(allowed(there)).isFalse();

    String assignment =
        here.post(
                "/v1/roles/viewer/assignments",
                "{\"subject\":{\"type\":\"service\",\"id\":\"robot\"}}")
            .mustBe(201)
            .json()
            .get("id")
            .asText();
    assertThat(allowed(here)).isTrue();
    within(() -> allowed(there));
    here.delete("/v1/roles/viewer/assignments/" + assignment).mustBe(204);
    assertThat(allowed(here)).isFalse();
    within(() -> !allowed(there));

    here.post(
            "/v1/policies",
            """
            {"id": "p", "rules": [
              {"id": "r", "effect": "allow", "resourceType": "quotas", "action": "read"}]}""")
        .mustBe(201);
    assertThat(allowed(here)).isTrue();
    within(() -> allowed(there));
    here.delete("/v1/policies/p").mustBe(204);
    assertThat(allowed(here)).isFalse();
    within(() -> !allowed(there));
  }

  @Test
  void aChangeOfThePlatformsRulesReachesEveryTenantOnEveryNode() {
    PlatformClient here = first.clientOf("third");
    PlatformClient there = second.clientOf("third");
    String url = first.settings().adminDatabaseUrl();
    String admin = url.substring(url.lastIndexOf('/') + 1);
    await("the tenant to be known there")
        .atMost(Duration.ofSeconds(20))
        .until(() -> there.post(CHECK, VIEWER).status() == 200);
    assertThat(allowed(here, VIEWER)).isTrue();
    assertThat(allowed(there, VIEWER)).isTrue();
    TestDatabases.execute(
        admin, "UPDATE platform_policies SET effect = 'deny' WHERE id = 'viewer-quotas'");
    within(() -> !allowed(here, VIEWER));
    within(() -> !allowed(there, VIEWER));
    TestDatabases.execute(
        admin, "UPDATE platform_policies SET effect = 'allow' WHERE id = 'viewer-quotas'");
    within(() -> allowed(here, VIEWER) && allowed(there, VIEWER));
  }

  @Test
  void policyThatCannotBeReadAllowsNothing() {
    PlatformClient away = first.clientOf("away");
    assertThat(away.post(CHECK, ASKED).mustBe(200).json().get("allowed").asBoolean()).isFalse();
    String database = new TenantRows(first.settings(), "away").database();
    TestDatabases.execute("postgres", "ALTER DATABASE " + database + " ALLOW_CONNECTIONS false");
    TestDatabases.execute(
        "postgres",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
            + database
            + "'");
    await("the end of what was known")
        .atMost(Duration.ofSeconds(20))
        .until(() -> away.post(CHECK, ASKED).status() == 503);
    Answer refused = away.post(CHECK, ASKED).mustBe(503);
    assertThat(refused.errorCode()).isEqualTo("unavailable");
    assertThat(refused.header("Retry-After")).isNotEmpty();
    away.post("/access/v1/evaluation", ASKED.replace("\"read\"", "{\"name\":\"read\"}"))
        .mustBe(503);
    assertThat(first.clientOf("acme").post(CHECK, ASKED).status()).isEqualTo(200);
    TestDatabases.execute("postgres", "ALTER DATABASE " + database + " ALLOW_CONNECTIONS true");
    await("the policy to be read again")
        .atMost(Duration.ofSeconds(20))
        .until(() -> away.post(CHECK, ASKED).status() == 200);
  }

  private static void within(java.util.concurrent.Callable<Boolean> condition) {
    await("the other node")
        .pollDelay(Duration.ZERO)
        .pollInterval(20, TimeUnit.MILLISECONDS)
        .atMost(Duration.ofSeconds(1))
        .until(condition);
  }

  private static boolean allowed(PlatformClient client) {
    return allowed(client, ASKED);
  }

  private static boolean allowed(PlatformClient client, String question) {
    return client.post(CHECK, question).mustBe(200).json().get("allowed").asBoolean();
  }
}
