package io.platformapi.service.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.Configuration;
import io.dropwizard.testing.ConfigOverride;
import io.dropwizard.testing.junit5.DropwizardAppExtension;
import io.dropwizard.testing.junit5.DropwizardExtensionsSupport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
@ExtendWith(DropwizardExtensionsSupport.class)
class ErrorEnvelopeTest {
  private static final DropwizardAppExtension<Configuration> APP =
      new DropwizardAppExtension<>(
          RulesApplication.class,
          (String) null,
          ConfigOverride.config("server.applicationConnectors[0].port", "0"),
          ConfigOverride.config("server.adminConnectors[0].port", "0"));

  private static final String UUID7 =
      "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";
  private static final String TRACEPARENT =
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  private final HttpClient client = HttpClient.newHttpClient();
  private final ObjectMapper mapper = new ObjectMapper();

  @ParameterizedTest
  @CsvSource({
    "validation, 422, validation_failed",
    "missing, 404, not_found",
    "conflict, 409, conflict",
    "precondition, 412, precondition_failed",
    "malformed, 400, malformed_request",
    "forbidden, 403, forbidden",
    "suspended, 403, tenant_suspended",
    "reused, 422, idempotency_key_reused",
    "anonymous, 401, unauthenticated",
    "forged, 401, unauthenticated",
    "unavailable, 503, unavailable",
    "database, 503, unavailable",
    "unplaced, 503, unavailable",
    "sql, 500, internal",
    "bug, 500, internal",
    "error, 500, internal"
  })
  void everyProblemHasItsStatusAndCodeAndTellsNoInternals(String how, int status, String code)
      throws Exception {
    HttpResponse<String> answer = get("/things/fail/" + how);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertEnvelope(answer, code);
    assertThat(answer.body()).doesNotContain("secret").doesNotContain("xception");
    if (status == 503) {
      assertThat(answer.headers().firstValue("Retry-After").orElseThrow()).matches("[1-9][0-9]*");
    }
    if (status == 401) {
      assertThat(answer.headers().firstValue("WWW-Authenticate").orElseThrow())
          .isEqualTo(how.equals("forged") ? "Bearer error=\"invalid_token\"" : "Bearer");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET    | /nowhere           | 404 | not_found",
        "GET    | /things/typed/abc  | 404 | not_found",
        "GET    | /things/typed/1?n=x| 422 | validation_failed",
        "GET    | /things/limited    | 422 | validation_failed",
        "GET    | /things/limited?n=4| 422 | validation_failed",
        "GET    | /things?limit=0    | 422 | validation_failed",
        "GET    | /things?limit=201  | 422 | validation_failed",
        "GET    | /things?limit=abc  | 422 | validation_failed",
        "GET    | /things?limit=     | 422 | validation_failed",
        "GET    | /things?cursor=abc | 422 | validation_failed",
        "GET    | /things?cursor=    | 422 | validation_failed",
        "DELETE | /things            | 405 | method_not_allowed",
        "TRACE  | /things            | 405 | method_not_allowed",
        "PURGE  | /things            | 405 | method_not_allowed",
        "POST   | /metrics           | 405 | method_not_allowed",
        "GET    | /a%2Fb             | 400 | malformed_request",
        "GET    | /a/%00             | 400 | malformed_request",
      })
  void requestsThatMatchNothingAreRefusedInTheEnvelope(
      String method, String path, int status, String code) throws Exception {
    RawHttp.Answer answer = raw(method + " " + path + " HTTP/1.1\r\nHost: a\r\n", "");
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertEnvelope(answer, code);
    if (status == 405) {
      assertThat(answer.header("Allow")).isPresent();
    }
  }

  @Test
  void aWrongParameterIsNamedByItsOwnName() throws Exception {
    assertThat(fields(get("/things/limited?n=4"))).containsExactly("n");
    assertThat(fields(get("/things/typed/1?n=x"))).containsExactly("n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "{\"name\":\"a\",\"count\":1|                            400 | malformed_request |",
        "{\"name\":\"a\"} {}|                                    400 | malformed_request |",
        "{\"name\":\"a\",\"name\":\"b\"}|                        400 | malformed_request |",
        "not json|                                               400 | malformed_request |",
        "[]|                                                     400 | malformed_request |",
        "{\"name\":\"a\",\"count\":\"s3cret\"}|                  422 | validation_failed | count",
        "{\"name\":\"a\",\"count\":1.5}|                         422 | validation_failed | count",
        "{\"name\":12}|                                          422 | validation_failed | name",
        "{\"name\":true}|                                        422 | validation_failed | name",
        "{\"name\":\"a\",\"s3cret\":1}|                          422 | validation_failed | s3cret",
        "{\"name\":\"a\",\"parts\":[{\"size\":1},{\"size\":\"s3cret\"}]}|422 | validation_failed | parts[1].size",
        "{\"name\":\"a\",\"parts\":[{\"size\":1},{\"size\":10}]}|422 | validation_failed | parts[1].size",
        "{\"name\":\" \"}|                                       422 | validation_failed | name",
        "{\"name\":\"a\",\"at\":\"s3cret\"}|                     422 | validation_failed | at",
        "{\"name\":\"a\",\"price\":{\"amount\":1.5}}|            422 | validation_failed | price.amount",
      })
  void aBodyThatIsNoJsonIsMalformedAndOneOfOtherShapeIsInvalid(
      String body, int status, String code, String field) throws Exception {
    HttpResponse<String> answer = post("/things", body, "application/json");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertEnvelope(answer, code);
    if (field != null) {
      assertThat(fields(answer)).containsExactly(field);
    }
    if (field == null || !field.equals("s3cret")) {
      assertThat(answer.body()).doesNotContain("s3cret");
    }
  }

  @Test
  void anAbsentBodyIsInvalid() throws Exception {
    HttpResponse<String> answer = post("/things", "", "application/json");
    assertThat(answer.statusCode()).isIn(400, 422);
    assertThat(error(answer).path("code").asText()).isIn("malformed_request", "validation_failed");
    HttpResponse<String> none = post("/things", "null", "application/json");
    assertThat(none.statusCode()).isEqualTo(422);
    assertThat(fields(none)).containsExactly("body");
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/xml", "application/x-www-form-urlencoded"})
  void anotherContentTypeIsRefused(String type) throws Exception {
    HttpResponse<String> answer = post("/things", "{\"name\":\"a\"}", type);
    assertThat(answer.statusCode()).isEqualTo(415);
    assertEnvelope(answer, "unsupported_media_type");
  }

  @Test
  void aBodyWithoutContentTypeIsRefused() throws Exception {
    RawHttp.Answer answer =
        raw("POST /things HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n", "{\"name\":\"a\"}");
    assertThat(answer.status()).isEqualTo(415);
    assertEnvelope(answer, "unsupported_media_type");
  }

  @Test
  void whatCannotBeAcceptedIsToldInJson() throws Exception {
    HttpResponse<String> answer =
        client.send(
            request("/things").header("Accept", "text/html").build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(406);
    assertEnvelope(answer, "not_acceptable");
  }

  @Test
  void aBodyOverTheLimitIsRefusedByItsLengthAndWhenItsLengthIsNotTold() throws Exception {
    String large = "{\"name\":\"" + "a".repeat(1 << 20) + "\"}";
    HttpResponse<String> announced = post("/things", large, "application/json");
    assertThat(announced.statusCode()).isEqualTo(413);
    assertEnvelope(announced, "payload_too_large");

    String chunk = Integer.toHexString(large.length()) + "\r\n" + large + "\r\n0\r\n\r\n";
    RawHttp.Answer chunked =
        raw(
            "POST /things HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                + "Transfer-Encoding: chunked\r\n",
            chunk);
    assertThat(chunked.status()).isEqualTo(413);
    assertEnvelope(chunked, "payload_too_large");
    RawHttp.Answer withKey =
        raw(
            "POST /things HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                + "Idempotency-Key: k\r\nTransfer-Encoding: chunked\r\n",
            chunk);
    assertThat(withKey.status()).isEqualTo(413);
  }

  @Test
  void aStreamedBodyMayBeLargerUpToItsOwnLimit() throws Exception {
    byte[] fits = new byte[(int) RulesApplication.STREAM_BYTES];
    assertThat(postBytes("/things/stream", fits).statusCode()).isEqualTo(200);
    RawHttp.Answer answer =
        raw(
            "POST /things/stream HTTP/1.1\r\nHost: a\r\nContent-Length: "
                + (RulesApplication.STREAM_BYTES + 1)
                + "\r\n",
            "");
    assertThat(answer.status()).isEqualTo(413);
    assertEnvelope(answer, "payload_too_large");
  }

  @ParameterizedTest
  @CsvSource({
    "'GET /things HTTP/9.9', 505",
    "'GET', 400",
    "'G\u0001T /things HTTP/1.1', 400",
    "'GET /thi\u0001ngs HTTP/1.1', 400",
    "'GET /%zz HTTP/1.1', 400"
  })
  void whatJettyCannotParseIsRefusedInTheEnvelope(String line, int status) throws Exception {
    RawHttp.Answer answer = raw(line + "\r\nHost: a\r\n", "");
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertEnvelope(answer, "malformed_request");
  }

  @Test
  void jettysOwnLimitsAreToldInTheEnvelope() throws Exception {
    RawHttp.Answer longUri = raw("GET /" + "a".repeat(20_000) + " HTTP/1.1\r\nHost: a\r\n", "");
    assertThat(longUri.status()).isEqualTo(414);
    assertEnvelope(longUri, "uri_too_long");
    RawHttp.Answer longHeader =
        raw("GET /things HTTP/1.1\r\nHost: a\r\nX-Long: " + "a".repeat(20_000) + "\r\n", "");
    assertThat(longHeader.status()).isEqualTo(431);
    assertEnvelope(longHeader, "headers_too_large");
    RawHttp.Answer noHost = new RawHttp(APP.getLocalPort()).send("GET / HTTP/1.1\r\n\r\n");
    assertThat(noHost.status()).isEqualTo(400);
    assertEnvelope(noHost, "malformed_request");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/things", "/nowhere", "/things/fail/bug", "/metrics", "/things?limit=x"})
  void theIdsOfARequestAreEchoedOnEveryAnswer(String path) throws Exception {
    RawHttp.Answer answer =
        raw(
            "GET "
                + path
                + " HTTP/1.1\r\nHost: a\r\nX-Request-Id: r-1\r\nX-Tenant-Id: t-1\r\n"
                + "X-Platform-Id: p-1\r\nX-Trace-Id: other\r\ntraceparent: "
                + TRACEPARENT
                + "\r\n",
            "");
    assertThat(answer.headers("X-Request-Id")).containsExactly("r-1");
    assertThat(answer.headers("X-Tenant-Id")).containsExactly("t-1");
    assertThat(answer.headers("X-Platform-Id")).containsExactly("p-1");
    assertThat(answer.headers("X-Trace-Id")).containsExactly("4bf92f3577b34da6a3ce929d0e0e4736");
    assertThat(answer.headers("traceparent")).containsExactly(TRACEPARENT);
    if (answer.status() >= 400) {
      assertThat(answer.error().path("requestId").asText()).isEqualTo("r-1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "\u00e4", "a\tb", "", "<long>", "a\r\nX-Request-Id: b"})
  void aRequestIdThatIsNotPlainIsReplaced(String id) throws Exception {
    String sent = id.equals("<long>") ? "a".repeat(129) : id;
    RawHttp.Answer answer =
        raw("GET /nowhere HTTP/1.1\r\nHost: a\r\nX-Request-Id: " + sent + "\r\n", "");
    assertThat(answer.headers("X-Request-Id")).hasSize(1);
    assertThat(answer.header("X-Request-Id").orElseThrow()).matches(UUID7);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        "garbage"
      })
  void anInvalidTraceparentCountsAsNotSent(String traceparent) throws Exception {
    RawHttp.Answer answer =
        raw(
            "GET /things HTTP/1.1\r\nHost: a\r\nX-Trace-Id: mine\r\ntraceparent: "
                + traceparent
                + "\r\n",
            "");
    assertThat(answer.header("traceparent")).isEmpty();
    assertThat(answer.header("X-Trace-Id")).contains("mine");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "\u00e4", "<long>"})
  void anIdempotencyKeyMustBeVisibleAscii(String key) throws Exception {
    String sent = key.equals("<long>") ? "a".repeat(256) : key;
    RawHttp.Answer answer =
        raw(
            "POST /things HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                + "Content-Length: 12\r\nIdempotency-Key: "
                + sent
                + "\r\n",
            "{\"name\":\"a\"}");
    assertThat(answer.status()).isEqualTo(422);
    assertEnvelope(answer, "validation_failed");
  }

  @Test
  void pagesFollowEachOtherByCursor() throws Exception {
    JsonNode first = mapper.readTree(get("/things?limit=2").body());
    assertThat(first.path("items").toString()).isEqualTo("[\"1\",\"2\"]");
    JsonNode second =
        mapper.readTree(get("/things?limit=2&cursor=" + first.path("nextCursor").asText()).body());
    assertThat(second.path("items").toString()).isEqualTo("[\"3\",\"4\"]");
    JsonNode last =
        mapper.readTree(get("/things?limit=2&cursor=" + second.path("nextCursor").asText()).body());
    assertThat(last.path("items").toString()).isEqualTo("[\"5\"]");
    assertThat(last.path("nextCursor").isNull()).isTrue();
  }

  @Test
  void metricsAreOnBothPortsWithTimesByRouteTemplate() throws Exception {
    get("/things/typed/1");
    get("/nowhere-" + System.nanoTime());
    String app = get("/metrics").body();
    assertThat(app)
        .contains("route=\"/things/typed/{id}\"")
        .contains("route=\"unmatched\"")
        .contains("Generated from Dropwizard metric")
        .doesNotContain("nowhere-");
    HttpResponse<String> admin =
        client.send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + APP.getAdminPort() + "/metrics"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(admin.statusCode()).isEqualTo(200);
    assertThat(admin.body()).contains("http_server_requests_seconds_count");
  }

  @Test
  void theAdminPortSpeaksTheEnvelopeToo() throws Exception {
    RawHttp.Answer answer =
        new RawHttp(APP.getAdminPort())
            .send("GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assertThat(answer.status()).isEqualTo(404);
    assertEnvelope(answer, "not_found");
  }

  private RawHttp.Answer raw(String head, String body) throws IOException {
    return new RawHttp(APP.getLocalPort()).send(head + "Connection: close\r\n\r\n" + body);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + APP.getLocalPort() + path));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, String body, String type) throws Exception {
    return client.send(
        request(path)
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> postBytes(String path, byte[] body) throws Exception {
    return client.send(
        request(path).POST(HttpRequest.BodyPublishers.ofByteArray(body)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private void assertEnvelope(HttpResponse<String> answer, String code) throws IOException {
    assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("application/json");
    assertEnvelope(error(answer), code, answer.headers().firstValue("X-Request-Id").orElseThrow());
  }

  private void assertEnvelope(RawHttp.Answer answer, String code) throws IOException {
    assertThat(answer.header("Content-Type").orElseThrow()).startsWith("application/json");
    assertEnvelope(answer.error(), code, answer.header("X-Request-Id").orElseThrow());
  }

  private static void assertEnvelope(JsonNode error, String code, String requestId) {
    assertThat(error.path("code").asText()).isEqualTo(code);
    assertThat(error.path("message").asText()).isNotBlank();
    assertThat(error.path("details").isObject()).isTrue();
    assertThat(error.path("requestId").asText()).isEqualTo(requestId);
  }

  private JsonNode error(HttpResponse<String> answer) throws IOException {
    return mapper.readTree(answer.body()).path("error");
  }

  private List<String> fields(HttpResponse<String> answer) throws IOException {
    return error(answer).path("details").path("fields").findValuesAsText("field");
  }
}
