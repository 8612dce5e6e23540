package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.auth.IngestAuthenticated;
import io.platformapi.service.auth.Open;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.auth.Requires;
import io.platformapi.service.testing.ApiKeys;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.RealServers;
import io.platformapi.service.testing.TopicWriter;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.glassfish.jersey.server.model.Resource;
import org.glassfish.jersey.server.model.ResourceMethod;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every endpoint of the application, found by walking its own model of them. */
class EveryEndpointTest {
  private static final String TENANT_SCOPES = "quotas:read quotas:write apikeys:read apikeys:write";
  private static final String QUESTION =
      "{\"subject\":{\"type\":\"user\",\"id\":\"ann\"},\"action\":\"read\","
          + "\"resource\":{\"type\":\"quotas\",\"id\":\"q\"}}";

  private static PlatformUnderTest platform;
  private static List<Endpoint> endpoints;
  private static String ownKey;
  private static String ownUser;

  @BeforeAll
  static void start() throws Exception {
    platform = PlatformUnderTest.start();
    List.of("own-tenant", "other-tenant", "suspended-tenant").forEach(platform::createTenant);
    endpoints =
        platform.environment().jersey().getResourceConfig().getClasses().stream()
            .filter(type -> Resource.isAcceptable(type) && Resource.from(type) != null)
            .flatMap(type -> endpoints("", Resource.from(type)))
            .toList();
    ownKey =
        ApiKeys.create(platform.clientOf("own-tenant"), "quotas:read")
            .mustBe(201)
            .json()
            .get("id")
            .asText();
    ownUser =
        platform
            .clientOf("own-tenant")
            .post("/v1/users", "{\"subject\":\"kept\"}")
            .mustBe(201)
            .json()
            .get("id")
            .asText();
    suspend("suspended-tenant");
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
            "GET /v1/quotas",
            "PUT /v1/quotas",
            "GET /v1/quotas/usage",
            "GET /v1/quotas/ledger",
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
  void withoutATokenNothingIsAnsweredThatIsNotOpen() {
    for (Endpoint endpoint : endpoints) {
      Answer answer = endpoint.call(platform.anybody(), "own-tenant");
      if (endpoint.open()) {
        // These two ask for a credential in the body, and the one that is given is none.
        boolean credential =
            List.of("POST /v1/auth/callback", "POST /v1/auth/refresh")
                .contains(endpoint.toString());
        assertThat(answer.status()).as(endpoint.toString()).isEqualTo(credential ? 401 : 200);
      } else {
        refused(endpoint, answer, 401, "unauthenticated");
      }
    }
  }

  @Test
  void anotherTenantsTokenSeesNothingOfATenant() {
    for (Endpoint endpoint : guarded()) {
      // A token of its own for each, since one endpoint ends it.
      PlatformClient other = platform.clientOf("other-tenant");
      refused(
          endpoint, endpoint.call(other.forTenant("own-tenant"), "own-tenant"), 403, "forbidden");
      Answer answer = endpoint.call(other, "own-tenant");
      int expected =
          switch (endpoint.toString()) {
            case "POST /v1/tenants" -> 403;
            case "POST /v1/api-keys", "POST /v1/policies", "POST /v1/roles", "POST /v1/users" ->
                201;
            case "GET /v1/tenants/{id}",
                "GET /v1/api-keys/{id}",
                "DELETE /v1/api-keys/{id}",
                "POST /v1/api-keys/{id}/rotate",
                "GET /v1/users/{id}",
                "PATCH /v1/users/{id}",
                "DELETE /v1/users/{id}",
                "GET /v1/policies/{id}",
                "PUT /v1/policies/{id}",
                "DELETE /v1/policies/{id}",
                "GET /v1/roles/{name}",
                "PUT /v1/roles/{name}",
                "DELETE /v1/roles/{name}",
                "GET /v1/roles/{name}/assignments",
                "POST /v1/roles/{name}/assignments",
                "DELETE /v1/roles/{name}/assignments/{assignment}" ->
                404;
            default -> 200;
          };
      assertThat(answer.status()).as(endpoint + ": " + answer.body()).isEqualTo(expected);
      assertThat(answer.body())
          .as(endpoint.toString())
          .doesNotContain("own-tenant", ownKey, ownUser);
    }
  }

  @Test
  void anotherTenantsKeySeesNoMoreThanItsToken() {
    PlatformClient maker = platform.clientOf("other-tenant");
    JsonNode made = ApiKeys.create(maker, scopesOfTenants()).mustBe(201).json();
    PlatformClient other = platform.client(ApiKeys.secret(made));
    for (Endpoint endpoint : guarded()) {
      refused(
          endpoint, endpoint.call(other.forTenant("own-tenant"), "own-tenant"), 403, "forbidden");
      Answer answer = endpoint.call(other, "own-tenant");
      Permission permission = endpoint.handler().getAnnotation(Requires.class).value();
      int expected =
          permission.tenantScoped() || endpoint.toString().equals("GET /v1/auth/me")
              ? endpoint.call(maker.forTenant("other-tenant"), "own-tenant").status()
              : 403;
      assertThat(answer.status()).as(endpoint + ": " + answer.body()).isEqualTo(expected);
      assertThat(answer.body())
          .as(endpoint.toString())
          .doesNotContain("own-tenant", ownKey, ownUser);
    }
  }

  @Test
  void aSuspendedTenantsTokenGetsNothing() {
    PlatformClient suspended = platform.clientOf("suspended-tenant");
    for (Endpoint endpoint : guarded()) {
      refused(endpoint, endpoint.call(suspended, "suspended-tenant"), 403, "tenant_suspended");
    }
  }

  @Test
  void theRightTenantWithoutTheScopeGetsNothing() {
    for (Endpoint endpoint : guarded()) {
      String needed = endpoint.handler().getAnnotation(Requires.class).value().scope();
      if (needed == null) {
        continue;
      }
      String others =
          String.join(
              " ",
              Stream.of(PlatformUnderTest.ALL_SCOPES.split(" "))
                  .filter(scope -> !scope.equals(needed))
                  .toList());
      String token = RealServers.issuer().organizationToken("m2m", "org_own-tenant", others);
      refused(endpoint, endpoint.call(platform.client(token), "own-tenant"), 403, "forbidden");
    }
  }

  @Test
  void onlyACallersOwnSessionNeedsNoScope() {
    assertThat(guarded())
        .filteredOn(
            endpoint -> endpoint.handler().getAnnotation(Requires.class).value().scope() == null)
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
              "own-tenant");
      assertThat(answer.header("X-Request-Id")).as(endpoint.toString()).isEqualTo("request-1");
      assertThat(answer.header("X-Tenant-Id")).isEqualTo("own-tenant");
      assertThat(answer.header("X-Platform-Id")).isEqualTo("default");
      assertThat(answer.header("X-Trace-Id")).isEqualTo("trace-1");
      Answer without = endpoint.call(platform.anybody(), "own-tenant");
      assertThat(without.header("X-Request-Id")).as(endpoint.toString()).isNotEmpty();
    }
  }

  @Test
  void everyEndpointRefusesAnotherMethodWithTheEnvelope() {
    for (Endpoint endpoint : endpoints) {
      Answer answer = platform.client().send("BREW", endpoint.path("own-tenant"), null, null);
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

  private static String scopesOfTenants() {
    Set<String> all = Set.of(PlatformUnderTest.ALL_SCOPES.split(" "));
    return Stream.of(Permission.values())
        .filter(permission -> permission.tenantScoped() && all.contains(permission.scope()))
        .map(Permission::scope)
        .collect(Collectors.joining(" "));
  }

  private static List<Endpoint> guarded() {
    return endpoints.stream()
        .filter(endpoint -> endpoint.handler().isAnnotationPresent(Requires.class))
        .toList();
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

  private static void suspend(String tenant) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(platform.settings().adminDatabaseUrl(), "postgres", "");
        Statement statement = connection.createStatement()) {
      statement.execute("UPDATE tenants SET state = 'suspended' WHERE id = '" + tenant + "'");
    }
    // Every creation has the directory read anew.
    platform.createTenant("created-later");
    await("the suspension to be known")
        .atMost(Duration.ofSeconds(20))
        .until(() -> platform.clientOf(tenant).get("/v1/quotas").status() == 403);
  }

  private static Stream<Endpoint> endpoints(String above, Resource resource) {
    String path = above + slashed(resource.getPath());
    return Stream.concat(
        resource.getResourceMethods().stream().map(method -> endpoint(path, method)),
        resource.getChildResources().stream().flatMap(child -> endpoints(path, child)));
  }

  private static Endpoint endpoint(String path, ResourceMethod method) {
    return new Endpoint(method.getHttpMethod(), path, method.getInvocable().getHandlingMethod());
  }

  private static String slashed(String path) {
    return path.startsWith("/") ? path : "/" + path;
  }

  private record Endpoint(String method, String template, Method handler) {
    boolean open() {
      return handler.isAnnotationPresent(Open.class)
          && !handler.isAnnotationPresent(IngestAuthenticated.class);
    }

    String path(String tenant) {
      String id =
          template.startsWith("/v1/api-keys")
              ? ownKey
              : template.startsWith("/v1/users") ? ownUser : tenant;
      return template.replace("{id}", id).replaceAll("\\{[a-z]+}", tenant);
    }

    Answer call(PlatformClient client, String tenant) {
      boolean body = List.of("POST", "PUT", "PATCH").contains(method);
      return client.send(
          method, path(tenant), body ? "application/json" : null, body ? bodyOf(template) : null);
    }

    private static String bodyOf(String template) {
      return switch (template) {
        case "/v1/tenants" -> "{\"name\":\"made by the walk\"}";
        case "/v1/quotas" -> "{\"items\":[]}";
        case "/v1/auth/login" -> "{\"redirectUri\":\"https://console.example/callback\"}";
        case "/v1/auth/callback" -> "{\"code\":\"none\",\"state\":\"none\"}";
        case "/v1/auth/refresh" -> "{\"refreshToken\":\"none\"}";
        case "/v1/auth/logout" -> "{}";
        case "/v1/api-keys" -> "{\"name\":\"x\",\"scopes\":[\"quotas:read\"]}";
        case "/v1/api-keys/{id}/rotate" -> "{\"overlapSeconds\":60}";
        case "/v1/policies", "/v1/policies/{id}" -> "{\"rules\":[]}";
        case "/v1/policies/schema", "/v1/roles/{name}" -> "{}";
        case "/v1/policies/simulate" -> "{\"policies\":[]}";
        case "/v1/users/{id}" -> "{\"displayName\":\"changed by the walk\"}";
        // A name of its own each time: the same one again would be a conflict.
        case "/v1/users" -> "{\"subject\":\"walked-" + UUID.randomUUID() + "\"}";
        case "/v1/roles" -> "{\"name\":\"walked-" + UUID.randomUUID() + "\"}";
        case "/v1/roles/{name}/assignments" ->
            "{\"subject\":{\"type\":\"service\",\"id\":\"walked\"}}";
        case "/v1/authz/check", "/v1/authz/explain" -> QUESTION;
        case "/v1/authz/batch" -> "{\"evaluations\":[" + QUESTION + "]}";
        case "/access/v1/evaluation", "/access/v1/evaluations" ->
            QUESTION.replace("\"read\"", "{\"name\":\"read\"}");
        default -> "[]";
      };
    }

    @Override
    public String toString() {
      return method + " " + template;
    }
  }
}
