package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.platformapi.service.auth.Open;
import io.platformapi.service.auth.Requires;
import io.platformapi.service.testing.Endpoint;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.TenantThings;
import io.platformapi.service.testing.TopicWriter;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every endpoint of the application, found by walking its own model of them. */
class EveryEndpointTest {
  private static PlatformUnderTest platform;
  private static List<Endpoint> endpoints;
  private static TenantThings things;

  @BeforeAll
  static void start() throws Exception {
    platform = PlatformUnderTest.start();
    things = TenantThings.make(platform, "own-tenant");
    endpoints = Endpoint.of(platform);
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  @Test
  void theWalkFindsTheEndpoints() {
    assertThat(endpoints)
        .extracting(Endpoint::toString)
        .contains(
            "GET /v1/tenants",
            "POST /v1/tenants",
            "GET /v1/tenants/{id}",
            "PATCH /v1/tenants/{id}",
            "GET /v1/platform/defaults",
            "PUT /v1/platform/defaults",
            "GET /v1/quotas",
            "PUT /v1/quotas",
            "GET /v1/quotas/{id}/usage",
            "GET /v1/quotas/{id}/grants",
            "POST /v1/quotas/{id}/grants",
            "GET /v1/quotas/{id}/grants/{grant}",
            "DELETE /v1/quotas/{id}/grants/{grant}",
            "GET /v1/quotas/usage",
            "GET /v1/quotas/ledger",
            "POST /v1/quotas/simulate",
            "POST /v1/quotas/check",
            "POST /v1/quotas/reservations",
            "GET /v1/quotas/reservations/{id}",
            "POST /v1/quotas/reservations/{id}/settle",
            "POST /v1/quotas/reservations/{id}/release",
            "GET /v1/reconciliations",
            "POST /v1/reconciliations",
            "GET /v1/reconciliations/policy",
            "PUT /v1/reconciliations/policy",
            "GET /v1/reconciliations/{id}",
            "GET /v1/reconciliations/{id}/items",
            "GET /v1/reconciliations/{id}/items/{item}",
            "POST /v1/reconciliations/{id}/items/{item}/approve",
            "POST /v1/reconciliations/{id}/items/{item}/reject",
            "POST /v1/reconciliations/{id}/decisions",
            "POST /v1/reconciliations/{id}/replay",
            "GET /v1/reconciliations/{id}/limits",
            "POST /v1/auth/login",
            "POST /v1/auth/callback",
            "POST /v1/auth/refresh",
            "POST /v1/auth/logout",
            "GET /v1/auth/me",
            "GET /v1/api-keys",
            "POST /v1/api-keys",
            "GET /v1/api-keys/{id}",
            "DELETE /v1/api-keys/{id}",
            "POST /v1/api-keys/{id}/rotate",
            "POST /v1/ingest/litellm",
            "POST /v1/ingest/litellm/alerts",
            "GET /v1/users",
            "POST /v1/users",
            "GET /v1/users/{id}",
            "PATCH /v1/users/{id}",
            "DELETE /v1/users/{id}",
            "PUT /v1/policies/schema",
            "DELETE /v1/roles/{name}/assignments/{assignment}",
            "POST /access/v1/evaluation",
            "GET /health",
            "GET /health/ready",
            "GET /health/live");
  }

  @Test
  void everyEndpointDeclaresWhoMayCallIt() {
    for (Endpoint endpoint : endpoints) {
      boolean declared =
          endpoint.handler().isAnnotationPresent(Requires.class)
              ^ endpoint.handler().isAnnotationPresent(Open.class);
      assertThat(declared).as(endpoint.toString()).isTrue();
    }
  }

  @Test
  void onlyACallersOwnSessionNeedsNoScope() {
    assertThat(endpoints)
        .filteredOn(endpoint -> endpoint.guarded() && endpoint.permission().scope() == null)
        .extracting(Endpoint::toString)
        .containsExactlyInAnyOrder("GET /v1/auth/me", "POST /v1/auth/logout");
  }

  @Test
  void theIdsOfARequestAreOnEveryAnswer() {
    for (Endpoint endpoint : endpoints) {
      Answer answer =
          endpoint.call(
              platform
                  .clientOf("own-tenant")
                  .with("X-Request-Id", "request-1")
                  .with("X-Tenant-Id", "own-tenant")
                  .with("X-Platform-Id", "default")
                  .with("X-Trace-Id", "trace-1"),
              things);
      assertThat(answer.header("X-Request-Id")).as(endpoint.toString()).isEqualTo("request-1");
      assertThat(answer.header("X-Tenant-Id")).isEqualTo("own-tenant");
      assertThat(answer.header("X-Platform-Id")).isEqualTo("default");
      assertThat(answer.header("X-Trace-Id")).isEqualTo("trace-1");
      Answer without = endpoint.call(platform.anybody(), things);
      assertThat(without.header("X-Request-Id")).as(endpoint.toString()).isNotEmpty();
    }
  }

  @Test
  void everyEndpointRefusesAnotherMethodWithTheEnvelope() {
    for (Endpoint endpoint : endpoints) {
      Answer answer = platform.client().send("BREW", endpoint.path(things), null, null);
      refused(endpoint, answer, 405, "method_not_allowed");
      assertThat(answer.header("Allow")).contains(endpoint.method());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET /nothing, 404, not_found",
    "GET /v1/nothing, 404, not_found",
    "GET /v1/tenants/no-such-tenant, 404, not_found",
    "BREW /v1/tenants, 405, method_not_allowed"
  })
  void whoeverRefusesWritesTheEnvelope(String line, int status, String code) throws IOException {
    String answer = raw(line + " HTTP/1.1", "Authorization: Bearer " + platform.token());
    assertEnvelope(answer, status, code);
    assertThat(answer).contains("\"requestId\":\"echoed\"");
    assertThat(answer).containsIgnoringCase("X-Request-Id: echoed");
  }

  /** These are refused before their headers are read, so the request gets an id of ours. */
  @ParameterizedTest
  @ValueSource(strings = {"/v1/tenants/%2e%2e%2f", "/v1/../../etc/passwd", "/v1/tenants/%zz"})
  void aPathThatIsNoneIsRefusedWithTheEnvelope(String path) throws IOException {
    String answer = raw("GET " + path + " HTTP/1.1", "Accept: */*");
    assertEnvelope(answer, 400, "malformed_request");
    assertThat(answer).containsIgnoringCase("X-Request-Id: ");
  }

  @Test
  void headersThatAreTooLargeAreRefusedWithTheEnvelope() throws IOException {
    assertEnvelope(
        raw("GET /v1/tenants HTTP/1.1", "X-Large: " + "x".repeat(20_000)),
        431,
        "headers_too_large");
  }

  @Test
  void bothPortsShowTheMetersOfTheApplicationAndItsRoutes() {
    try (TopicWriter topic = new TopicWriter(platform.settings().usageTopic())) {
      topic.send(null, "broken".getBytes(StandardCharsets.UTF_8));
    }
    for (URI url : List.of(platform.url(), platform.adminUrl())) {
      PlatformClient anybody = new PlatformClient(url, "none");
      await("the meters")
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () ->
                  assertThat(anybody.get("/metrics").mustBe(200).body())
                      .contains("http_server_requests_seconds_count{")
                      .contains("route=\"/v1/tenants\"")
                      .contains("CamelRoute")
                      .contains("platform_ingest_dead_total{reason=\"malformed_json\"}"));
    }
  }

  @Test
  void healthIsToldOnBothPorts() {
    await("all parts")
        .atMost(Duration.ofSeconds(15))
        .untilAsserted(
            () ->
                assertThat(platform.anybody().get("/health").mustBe(200).json())
                    .hasToString(
                        "{\"status\":\"up\",\"parts\":"
                            + "{\"kafka\":\"up\",\"postgresql\":\"up\",\"redis\":\"up\"}}"));
    platform.anybody().get("/health/ready").mustBe(200);
    platform.anybody().get("/health/live").mustBe(200);
    Answer admin = new PlatformClient(platform.adminUrl(), "none").get("/healthcheck").mustBe(200);
    assertThat(admin.body()).contains("postgresql", "kafka", "redis");
  }

  private static void refused(Endpoint endpoint, Answer answer, int status, String code) {
    assertThat(answer.status()).as(endpoint + ": " + answer.body()).isEqualTo(status);
    assertThat(answer.errorCode()).as(endpoint.toString()).isEqualTo(code);
    assertThat(answer.json().at("/error/requestId").asText())
        .isEqualTo(answer.header("X-Request-Id"));
    assertThat(answer.body()).doesNotContain("own-tenant");
  }

  private static void assertEnvelope(String answer, int status, String code) {
    assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
    assertThat(answer).contains("\"code\":\"" + code + "\"").contains("\"requestId\":");
    assertThat(answer).doesNotContain("<html").doesNotContain("Jetty");
  }

  private static String raw(String line, String header) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), platform.url().getPort())) {
      socket.setSoTimeout(10_000);
      String request =
          line
              + "\r\nHost: x\r\nConnection: close\r\nX-Request-Id: echoed\r\n"
              + header
              + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      InputStream answer = socket.getInputStream();
      return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
