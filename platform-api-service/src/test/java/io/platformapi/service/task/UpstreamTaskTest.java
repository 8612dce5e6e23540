package io.platformapi.service.task;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathMatching;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import io.platformapi.service.local.LocalKong;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.RealServers;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An operator's question to all that lies behind Kong, through the admin port. */
@Timeout(120)
class UpstreamTaskTest {
  private static final String TASK = "/tasks/upstreams";
  private static final String SECRET = "s3cret-of-ours";
  private static final URI ISSUER = URI.create("http://127.0.0.1:" + RealServers.issuer().port());
  private static final WireMockServer KONG =
      new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());

  private static PlatformUnderTest platform;
  private static PlatformClient operator;

  @BeforeAll
  static void start() throws Exception {
    KONG.start();
    platform =
        PlatformUnderTest.start(
            PlatformSettings.create()
                .with("KONG_URL", KONG.baseUrl())
                .with("LITELLM_API_KEY", "sk-" + SECRET)
                .with("SPEND_PULL_INTERVAL", "1h")
                .with("KONG_ADMIN_TOKEN", SECRET)
                .with("FLAGSMITH_ENVIRONMENT_KEY", "ser." + SECRET)
                .with("OPENAI_API_KEY", SECRET)
                .with("GOOGLE_API_KEY", SECRET)
                .with("GROQ_API_KEY", SECRET));
    operator = platform.operator();
  }

  @AfterAll
  static void stop() {
    if (platform != null) {
      platform.close();
    }
    KONG.stop();
  }

  @BeforeEach
  void allIsWell() {
    KONG.resetAll();
    KONG.stubFor(
        any(urlPathMatching("/logto/.*"))
            .willReturn(
                aResponse().proxiedFrom(ISSUER.toString()).withProxyUrlPrefixToRemove("/logto")));
    KONG.stubFor(
        get(urlEqualTo("/litellm/health/readiness"))
            .willReturn(okJson("{\"status\": \"healthy\", \"db\": \"connected\"}")));
    KONG.stubFor(
        get(urlEqualTo("/litellm/v1/models"))
            .withHeader("Authorization", equalTo("Bearer sk-" + SECRET))
            .willReturn(okJson("{\"data\": [{\"id\": \"gpt-4o\"}]}")));
    KONG.stubFor(
        get(urlEqualTo("/flagsmith/api/v1/environment-document/"))
            .withHeader("X-Environment-Key", equalTo("ser." + SECRET))
            .willReturn(
                okJson(
                    """
                    {"id": 7, "name": "Production", "project": {"id": 3, "name": "Shop"}, "feature_states":
                     [{"enabled": true}, {"enabled": false}]}
                    """)));
    KONG.stubFor(
        get(urlEqualTo("/kong-admin/status"))
            .withHeader("Kong-Admin-Token", equalTo(SECRET))
            .willReturn(okJson("{\"database\": {\"reachable\": true}}")));
    for (String path : List.of("/provider-openai/v1/models", "/provider-groq/openai/v1/models")) {
      answers(path, okJson("{\"data\": [{\"id\": \"a\"}, {\"id\": \"b\"}]}"));
    }
    answers("/provider-google/v1beta/models?pageSize=1000", okJson("{\"models\": []}"));
  }

  @Test
  void eachIsAskedOnceAndToldOf() {
    JsonNode items = operator.with("X-Request-Id", "ops-1").post(TASK, "").mustBe(200).json();
    assertThat(items.get("items"))
        .extracting(item -> item.get("upstream").asText() + " " + item.get("outcome").asText())
        .containsExactly(
            "litellm ok",
            "logto ok",
            "flagsmith ok",
            "kong-admin ok",
            "openai ok",
            "anthropic not_configured",
            "google ok",
            "groq ok");
    JsonNode litellm = items.at("/items/0");
    assertThat(litellm.get("status").asInt()).isEqualTo(200);
    assertThat(litellm.get("tookMs").asLong()).isNotNegative();
    assertThat(litellm.at("/about/database").asBoolean()).isTrue();
    assertThat(litellm.at("/about/models").asInt()).isEqualTo(1);
    assertThat(items.at("/items/2/about/environmentId").asInt()).isEqualTo(7);
    assertThat(items.at("/items/2/about/features").asInt()).isEqualTo(2);
    assertThat(items.at("/items/4/about/models").asInt()).isEqualTo(2);
    assertThat(items.at("/items/5/status").isNumber()).isFalse();
    assertThat(KONG.findAll(anyRequestedFor(urlPathMatching("/provider-anthropic.*")))).isEmpty();
    String metrics = operator.get("/metrics").mustBe(200).body();
    for (String upstream : List.of("litellm", "flagsmith", "kong-admin", "provider-openai")) {
      assertThat(metrics).contains("upstream=\"" + upstream + "\"");
    }
  }

  @Test
  void whatIsWrongIsToldApartAndNothingIsToldOfSecrets() {
    answers("/litellm/v1/models", refused(401));
    answers("/flagsmith/api/v1/environment-document/", refused(403));
    answers(
        "/kong-admin/status",
        aResponse()
            .withStatus(302)
            .withHeader("Location", "http://127.0.0.1:1/" + SECRET)
            .withBody(SECRET));
    answers("/provider-openai/v1/models", aResponse().withStatus(200).withBody("<html>" + SECRET));
    answers("/provider-google/v1beta/models?pageSize=1000", refused(400));
    answers("/provider-groq/openai/v1/models", refused(429));
    Answer answer = operator.post(TASK, "").mustBe(200);
    assertThat(answer.json().get("items"))
        .extracting(
            item ->
                "%s %s %s %s"
                    .formatted(
                        item.get("upstream").asText(),
                        item.get("outcome").asText(),
                        item.path("reason").asText(),
                        item.path("status").asText()))
        .contains(
            "litellm refused refused_credential 401",
            "flagsmith refused refused_credential 403",
            "kong-admin failed failed 302",
            "openai failed failed 200",
            "google refused refused_credential 400",
            "groq failed unavailable 429");
    assertThat(answer.body()).doesNotContain(SECRET).doesNotContain("html");
  }

  @Test
  void oneThatKongDoesNotReachIsUnreachableAndHoldsUpNoOther() {
    answers("/provider-openai/v1/models", aResponse().withStatus(503));
    answers(
        "/provider-groq/openai/v1/models", aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER));
    JsonNode items = ask("openai", "groq", "flagsmith");
    assertThat(items)
        .extracting(item -> item.get("upstream").asText() + " " + item.get("outcome").asText())
        .containsExactly("flagsmith ok", "openai unreachable", "groq unreachable");
    assertThat(items.get(1).get("status").asInt()).isEqualTo(503);
    assertThat(items.get(2).get("reason").asText()).isEqualTo("no_answer");
  }

  @Test
  void slowOnesAreWaitedForAtTheSameTime() {
    for (String path : List.of("/provider-openai/v1/models", "/provider-groq/openai/v1/models")) {
      answers(path, okJson("{\"data\": []}").withFixedDelay(1_500));
    }
    answers(
        "/provider-google/v1beta/models?pageSize=1000",
        okJson("{\"models\": []}").withFixedDelay(1_500));
    long start = System.nanoTime();
    JsonNode items = ask("openai", "groq", "google");
    long all = Duration.ofNanos(System.nanoTime() - start).toMillis();
    long one = 0;
    for (JsonNode item : items) {
      assertThat(item.get("outcome").asText()).isEqualTo("ok");
      assertThat(item.get("tookMs").asLong()).isGreaterThanOrEqualTo(1_500);
      one += item.get("tookMs").asLong();
    }
    // One after another they would take as long as all of them together.
    assertThat(all).isLessThan(one);
  }

  @Test
  void onlyThoseNamedAreAskedAndANameThatIsNoneIsRefused() {
    assertThat(ask("flagsmith", "flagsmith")).hasSize(1);
    KONG.resetRequests();
    Answer refused = operator.post(TASK + "?upstream=" + SECRET, "");
    assertThat(refused.mustBe(422).body()).doesNotContain(SECRET).contains("flagsmith");
    assertThat(KONG.getAllServeEvents())
        .noneMatch(event -> event.getRequest().getUrl().startsWith("/flagsmith"));
    assertThat(operator.post(TASK + "?upstreams=flagsmith", "").status()).isEqualTo(422);
  }

  @Test
  void whatTheLocalPlatformPlaysIsOk() throws Exception {
    try (LocalKong kong = LocalKong.start(0)) {
      kong.routeLogto(ISSUER);
      kong.playFlagsmith("ser.local");
      kong.playOpenAi("local");
      PlatformSettings settings =
          PlatformSettings.create()
              .with("KONG_URL", kong.url().toString())
              .with("FLAGSMITH_ENVIRONMENT_KEY", "ser.local")
              .with("OPENAI_API_KEY", "local")
              .with("GROQ_API_KEY", "local");
      try (PlatformUnderTest local = PlatformUnderTest.start(settings)) {
        assertThat(local.operator().post(TASK, "").mustBe(200).json().get("items"))
            .extracting(item -> item.get("upstream").asText() + " " + item.get("outcome").asText())
            .contains("logto ok", "flagsmith ok", "openai ok", "litellm not_configured")
            .contains("groq failed");
      }
    }
  }

  private static JsonNode ask(String... upstreams) {
    return operator
        .post(TASK + "?upstream=" + String.join("&upstream=", upstreams), "")
        .mustBe(200)
        .json()
        .get("items");
  }

  private static void answers(String url, ResponseDefinitionBuilder answer) {
    KONG.stubFor(get(urlEqualTo(url)).willReturn(answer));
  }

  private static ResponseDefinitionBuilder refused(int status) {
    return aResponse().withStatus(status).withBody("Incorrect API key provided: " + SECRET);
  }
}
