package io.platformapi.routes.gateway.flagsmith;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.jsonResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.stubbing.Scenario.STARTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import io.platformapi.routes.gateway.KongServer;
import io.platformapi.routes.gateway.UpstreamException;
import io.platformapi.routes.gateway.UpstreamException.Kind;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class FlagsmithClientTest {
  private static final String DOCUMENT = "/flagsmith/api/v1/environment-document/";
  private static final String KEY = "ser." + KongServer.SECRET;

  private final KongServer kong = new KongServer();
  private final FlagsmithClient flagsmith =
      new FlagsmithClient(
          kong.gateway(
              upstream ->
                  upstream.equals("flagsmith") ? Map.of("X-Environment-Key", KEY) : Map.of()),
          "/flagsmith");

  @AfterEach
  void stop() {
    kong.close();
  }

  @Test
  void aRecordedDocumentIsReadForWhatItIs() {
    answers(okJson(recorded("live-environment-document.json")));
    assertThat(flagsmith.environment())
        .isEqualTo(new FlagsmithEnvironment(1, "Production", 1, "Shop", 13));
  }

  @Test
  void aDocumentWithFeatureVersioningIsReadTheSameWay() {
    String recorded = recorded("live-environment-document-v2-versioning.json");
    answers(okJson(recorded));
    assertThat(flagsmith.environment().features())
        .isPositive()
        .isEqualTo(KongServer.json(recorded).get("feature_states").size());
  }

  @Test
  void itIsAskedWithTheKeyAndWithoutConditions() {
    answers(okJson(recorded("live-environment-document.json")));
    flagsmith.environment();
    flagsmith.environment();
    assertThat(kong.asked()).hasSize(2);
    assertThat(kong.asked())
        .allSatisfy(
            request -> {
              assertThat(request.getHeader("X-Environment-Key")).isEqualTo(KEY);
              assertThat(request.containsHeader("If-Modified-Since")).isFalse();
              assertThat(request.containsHeader("If-None-Match")).isFalse();
              assertThat(request.getHeader("X-Request-Id")).isNotBlank();
              assertThat(request.getHeader("traceparent")).isNotBlank();
            });
  }

  @ParameterizedTest
  @CsvSource({
    "403, REFUSED_CREDENTIAL",
    "401, REFUSED_CREDENTIAL",
    "404, NOT_FOUND",
    "302, FAILED",
    "304, FAILED",
    "500, FAILED",
    "503, UNAVAILABLE"
  })
  void whatIsNoDocumentIsNamedAndNothingIsSaidOfTheKey(int status, Kind kind) {
    kong.recordLog();
    answers(
        jsonResponse("{\"detail\": \"" + KEY + "\"}", status)
            .withHeader("Location", "http://127.0.0.1:1/" + KEY));
    UpstreamException failure = failure();
    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure).hasMessageNotContaining(KongServer.SECRET);
    assertThat(kong.logged()).noneMatch(line -> line.contains(KongServer.SECRET));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html>s3cret-of-ours</html>",
        "",
        "null",
        "[]",
        "{}",
        "{\"id\": 1",
        "{\"id\": \"1\", \"name\": \"a\", \"project\": {\"id\": 1, \"name\": \"b\"},"
            + " \"feature_states\": []}",
        "{\"id\": 1.5, \"name\": \"a\", \"project\": {\"id\": 1, \"name\": \"b\"},"
            + " \"feature_states\": []}",
        "{\"id\": 1, \"name\": \"a\", \"project\": null, \"feature_states\": []}",
        "{\"id\": 1, \"name\": \"a\", \"project\": {\"id\": 1, \"name\": \"b\"},"
            + " \"feature_states\": {}}",
        "{\"id\": 1, \"name\": \"a\", \"project\": {\"id\": 1, \"name\": \"b\"},"
            + " \"feature_states\": []} trailing"
      })
  void aSuccessThatIsNoDocumentIsAFailureAndIsNotQuoted(String body) {
    kong.recordLog();
    answers(aResponse().withStatus(200).withBody(body));
    UpstreamException failure = failure();
    assertThat(failure.kind()).isEqualTo(Kind.FAILED);
    assertThat(failure).hasMessageNotContaining(KongServer.SECRET).hasNoCause();
    assertThat(kong.logged()).noneMatch(line -> line.contains(KongServer.SECRET));
  }

  @Test
  void aDocumentTooLargeIsNotRead() {
    answers(aResponse().withStatus(200).withBody("x".repeat((16 << 20) + 1)));
    assertThat(failure().kind()).isEqualTo(Kind.TOO_LARGE);
    assertThat(kong.asked()).hasSize(1);
  }

  @Test
  void nestingWithoutEndIsAFailure() {
    answers(aResponse().withStatus(200).withBody("{\"a\":".repeat(100_000)));
    assertThat(failure().kind()).isEqualTo(Kind.FAILED);
  }

  @Test
  void whatKongCannotReachForAMomentIsAskedAgainAndCountedUnderItsName() {
    kong.wireMock()
        .stubFor(
            get(urlEqualTo(DOCUMENT))
                .inScenario("away")
                .whenScenarioStateIs(STARTED)
                .willReturn(aResponse().withStatus(503))
                .willSetStateTo("back"));
    kong.wireMock()
        .stubFor(
            get(urlEqualTo(DOCUMENT))
                .inScenario("away")
                .whenScenarioStateIs("back")
                .willReturn(okJson(recorded("live-environment-document.json"))));
    assertThat(flagsmith.environment().features()).isEqualTo(13);
    assertThat(
            kong.meters()
                .get("platform.gateway.retries")
                .tag("upstream", "flagsmith")
                .counter()
                .count())
        .isOne();
    assertThat(
            kong.meters()
                .get("platform.gateway.requests")
                .tags("upstream", "flagsmith", "outcome", "2xx")
                .timer()
                .count())
        .isOne();
  }

  private void answers(ResponseDefinitionBuilder answer) {
    kong.wireMock().stubFor(get(urlEqualTo(DOCUMENT)).willReturn(answer));
  }

  private UpstreamException failure() {
    return catchThrowableOfType(UpstreamException.class, flagsmith::environment);
  }

  private static String recorded(String name) {
    return KongServer.resource("/flagsmith/" + name).toString();
  }
}
