package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.local.LocalPorts;
import io.platformapi.service.testing.ApiKeys;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.RealServers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What one node takes away works on no other node a second later: not on one that hears hints over
 * Redis and nearly never looks at the table of changes, nor on one that has no Redis and looks as
 * often as it is configured to.
 */
class RevocationNodesTest {
  private static final Duration SOON = Duration.ofSeconds(1);
  private static final String TENANT = "acme";
  private static final String PROBE = "/v1/quotas";
  private static final String CHECK = "/v1/authz/check";

  private static PlatformUnderTest first;
  private static PlatformUnderTest hinted;
  private static PlatformUnderTest polling;
  private static PlatformClient admin;

  @BeforeAll
  static void start() throws Exception {
    PlatformSettings settings = PlatformSettings.create();
    first = PlatformUnderTest.start(settings);
    hinted = PlatformUnderTest.start(settings.with("CACHE_POLL_INTERVAL", "60s"));
    polling =
        PlatformUnderTest.start(settings.with("REDIS_PORT", String.valueOf(LocalPorts.free())));
    first.createTenant(TENANT);
    admin = first.clientOf(TENANT);
    for (PlatformUnderTest node : List.of(hinted, polling)) {
      await("the tenant to be known there")
          .atMost(Duration.ofSeconds(30))
          .until(() -> node.clientOf(TENANT).get(PROBE).status() == 200);
    }
    hintsArrive();
  }

  @AfterAll
  static void stop() {
    List.of(polling, hinted, first).forEach(PlatformUnderTest::close);
  }

  @Test
  void anApiKeyThatIsRevoked() {
    JsonNode made = ApiKeys.create(admin, "quotas:read").mustBe(201).json();
    works(200, node -> node.client(ApiKeys.secret(made)).get(PROBE).status());
    ApiKeys.revoke(admin, made).mustBe(204);
    stops(SOON, 401, node -> node.client(ApiKeys.secret(made)).get(PROBE).status());
  }

  @Test
  void anApiKeyWhoseOverlapIsOverAndTheNewOneWorksAtOnce() {
    JsonNode made = ApiKeys.create(admin, "quotas:read").mustBe(201).json();
    works(200, node -> node.client(ApiKeys.secret(made)).get(PROBE).status());
    JsonNode next = ApiKeys.rotate(admin, made, 1).mustBe(201).json();
    works(200, node -> node.client(ApiKeys.secret(next)).get(PROBE).status());
    stops(SOON.plusSeconds(1), 401, node -> node.client(ApiKeys.secret(made)).get(PROBE).status());
    works(200, node -> node.client(ApiKeys.secret(next)).get(PROBE).status());
  }

  @Test
  void aTokenWhoseHolderLogsOut() {
    String token =
        RealServers.issuer().organizationToken("m2m-logout", "org_" + TENANT, "quotas:read");
    works(200, node -> node.client(token).get(PROBE).status());
    first.client(token).post("/v1/auth/logout", "{}").mustBe(200);
    stops(SOON, 401, node -> node.client(token).get(PROBE).status());
  }

  @Test
  void aUserThatIsSuspendedAndOneThatIsDeleted() {
    for (String subject : List.of("suspended", "deleted")) {
      String path = user(subject, "");
      works(200, node -> node.personOf(TENANT, subject, "quotas:read").get(PROBE).status());
      if (subject.equals("deleted")) {
        admin.delete(path).mustBe(204);
      } else {
        admin.patch(path, "{\"status\":\"suspended\"}").mustBe(200);
      }
      stops(SOON, 403, node -> node.personOf(TENANT, subject, "quotas:read").get(PROBE).status());
      stops(Duration.ZERO, "subject_not_active", node -> reason(node, "user", subject));
    }
  }

  @Test
  void aRoleThatIsTakenFromAUser() {
    String path = user("viewing", "\"viewer\"");
    works("allowed_by_rule", node -> reason(node, "user", "viewing"));
    admin.patch(path, "{\"roles\":[]}").mustBe(200);
    stops(SOON, "no_rule_allows", node -> reason(node, "user", "viewing"));
    stops(
        SOON,
        "[]",
        node ->
            node.personOf(TENANT, "viewing", "")
                .get("/v1/auth/me")
                .mustBe(200)
                .json()
                .get("roles")
                .toString());
  }

  @Test
  void aRoleThatIsTakenFromAService() {
    String assignments = "/v1/roles/viewer/assignments";
    String id =
        admin
            .post(assignments, "{\"subject\":{\"type\":\"service\",\"id\":\"robot\"}}")
            .mustBe(201)
            .json()
            .get("id")
            .asText();
    works("allowed_by_rule", node -> reason(node, "service", "robot"));
    admin.delete(assignments + "/" + id).mustBe(204);
    stops(SOON, "no_rule_allows", node -> reason(node, "service", "robot"));
  }

  @Test
  void aRuleThatIsRemoved() {
    admin
        .post(
            "/v1/policies",
            """
            {"id": "p", "rules": [
              {"id": "r", "effect": "allow", "resourceType": "quotas", "action": "read",
               "condition": "subject.id == \\"somebody\\""}]}""")
        .mustBe(201);
    works("allowed_by_rule", node -> reason(node, "user", "somebody"));
    admin.delete("/v1/policies/p").mustBe(204);
    stops(SOON, "no_rule_allows", node -> reason(node, "user", "somebody"));
  }

  @Test
  void theMetersTellOfKeysAndUsers() {
    JsonNode made = ApiKeys.create(admin, "quotas:read").mustBe(201).json();
    works(200, node -> node.client(ApiKeys.secret(made)).get(PROBE).status());
    user("metered", "");
    works(200, node -> node.personOf(TENANT, "metered", "quotas:read").get(PROBE).status());
    String meters = polling.anybody().get("/metrics").mustBe(200).body();
    for (String cache : List.of("api-keys", "users")) {
      assertThat(meters)
          .contains("platform_cache_gets_total{cache=\"" + cache + "\",result=\"hit\"}")
          .contains("platform_cache_gets_total{cache=\"" + cache + "-absent\",result=\"miss\"}")
          .contains("platform_cache_age_seconds{cache=\"" + cache + "\"}")
          .containsPattern("platform_cache_size\\{cache=\"" + cache + "\"} [1-9]");
    }
    for (String kind : List.of("api_key", "subject")) {
      assertThat(meters)
          .contains("platform_cache_invalidations_total{kind=\"" + kind + "\",source=\"poll\"}");
    }
    assertThat(meters).contains("platform_cache_poll_lag_seconds ");
  }

  /** On each node, so that each remembers it; on others it may take a moment to begin. */
  private static <T> void works(T expected, Function<PlatformUnderTest, T> probe) {
    assertThat(probe.apply(first)).isEqualTo(expected);
    for (PlatformUnderTest node : List.of(hinted, polling)) {
      within(SOON, () -> probe.apply(node).equals(expected));
    }
  }

  private static <T> void stops(Duration within, T expected, Function<PlatformUnderTest, T> probe) {
    long end = System.nanoTime() + within.toNanos();
    if (within.compareTo(SOON) <= 0) {
      assertThat(probe.apply(first)).as("the node that took it away").isEqualTo(expected);
    }
    for (PlatformUnderTest node : List.of(hinted, polling)) {
      Duration left = Duration.ofNanos(end - System.nanoTime());
      if (left.isNegative()) {
        assertThat(probe.apply(node)).isEqualTo(expected);
      } else {
        within(left, () -> probe.apply(node).equals(expected));
      }
    }
  }

  private static void within(Duration time, Callable<Boolean> condition) {
    await()
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(20, TimeUnit.MILLISECONDS)
        .atMost(time)
        .until(condition);
  }

  private static String user(String subject, String roles) {
    return "/v1/users/"
        + admin
            .post("/v1/users", "{\"subject\":\"" + subject + "\",\"roles\":[" + roles + "]}")
            .mustBe(201)
            .json()
            .get("id")
            .asText();
  }

  private static String reason(PlatformUnderTest node, String type, String id) {
    String question =
        """
        {"subject":{"type":"%s","id":"%s"},"action":"read",
         "resource":{"type":"quotas","id":"q"}}"""
            .formatted(type, id);
    return node.clientOf(TENANT).post(CHECK, question).mustBe(200).json().get("reason").asText();
  }

  /** A subscription begins some time after its node. */
  private static void hintsArrive() {
    await("hints of the first node on the second")
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              JsonNode key = ApiKeys.create(admin, "quotas:read").mustBe(201).json();
              hinted.client(ApiKeys.secret(key)).get(PROBE).mustBe(200);
              ApiKeys.revoke(admin, key).mustBe(204);
              return hinted
                  .anybody()
                  .get("/metrics")
                  .body()
                  .lines()
                  .filter(line -> line.startsWith("platform_cache_invalidations_total{"))
                  .anyMatch(
                      line ->
                          line.contains("kind=\"api_key\"") && line.contains("source=\"redis\""));
            });
  }
}
