package io.platformapi.routes.gateway.kong;

import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.patch;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.status;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.stubbing.Scenario.STARTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.routes.gateway.KongServer;
import io.platformapi.routes.gateway.UpstreamException;
import io.platformapi.routes.gateway.UpstreamException.Kind;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class KongAdminTest {
  private static final JsonNode SCHEMA = KongServer.resource("/kong/rate-limiting.json");
  private static final RateLimits A_MINUTE = new RateLimits(null, 60L, null, null, null, null);
  private static final String PLUGINS = "/kong-admin/consumers/team%20acme/plugins";

  private final KongServer kong = new KongServer();
  private final KongAdmin admin =
      new KongAdmin(kong.gateway(), "/kong-admin", new KongRedis("redis", 6379));

  @AfterEach
  void stop() {
    kong.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void itsStatusTellsOfItsDatabase(boolean reachable) {
    answersStatus("{\"database\": {\"reachable\": %s}, \"server\": {}}".formatted(reachable));
    assertThat(admin.databaseReachable()).isEqualTo(reachable);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"database\": {\"reachable\": \"yes\"}}", "<html>", "[]", ""})
  void aStatusThatIsNoneIsAFailure(String body) {
    answersStatus(body);
    assertThat(catchThrowableOfType(UpstreamException.class, admin::databaseReachable).kind())
        .isEqualTo(Kind.FAILED);
  }

  private void answersStatus(String body) {
    kong.wireMock().stubFor(get(urlEqualTo("/kong-admin/status")).willReturn(okJson(body)));
  }

  @Test
  void thePluginOfTheConsumerIsFoundOverPagesAndThoseOfItsRoutesAreNot() {
    kong.wireMock()
        .stubFor(
            get(urlEqualTo(PLUGINS + "?size=100"))
                .willReturn(
                    okJson(
                        "{\"data\":[{\"id\":\"1\",\"name\":\"acl\"},%s,%s],\"offset\":\"a&b=\",\"next\":\"/x\"}"
                            .formatted(
                                plugin("2", 1, "redis", -1)
                                    .replace("\"route\":null", "\"route\":{\"id\":\"r\"}"),
                                plugin("3", 1, "redis", -1)
                                    .replace("\"service\":null", "\"service\":{\"id\":\"s\"}")))));
    kong.wireMock()
        .stubFor(
            get(urlEqualTo(PLUGINS + "?size=100&offset=a%26b%3D"))
                .willReturn(
                    okJson(
                        "{\"data\":[%s],\"next\":null}".formatted(plugin("4", 60, "redis", -1)))));
    assertThat(admin.rateLimiting("team acme"))
        .contains(new KongRateLimiting("4", true, A_MINUTE, "redis", true, "consumer"));
  }

  @Test
  void aConsumerWithoutOneGetsOneThatCountsOverAllNodesAtOnce() {
    present("");
    kong.wireMock()
        .stubFor(
            post(urlEqualTo(PLUGINS))
                .willReturn(status(201).withBody(plugin("1", 60, "redis", -1))));
    assertThat(admin.ensure("team acme", A_MINUTE)).isTrue();
    JsonNode body = KongServer.json(kong.asked().get(1).getBodyAsString());
    assertThat(body)
        .isEqualTo(
            KongServer.json(
                """
                {"name": "rate-limiting", "config": {"second": null, "minute": 60, "hour": null, "day": null,
                 "month": null, "year": null, "limit_by": "consumer", "policy": "redis", "sync_rate": -1,
                 "redis": {"host": "redis", "port": 6379}}}
                """));
    assertFitsSchema(body.get("config"));
  }

  @Test
  void whatIsRightAlreadyIsLeftAlone() {
    present(plugin("1", 60, "redis", -1));
    assertThat(admin.ensure("team acme", A_MINUTE)).isFalse();
    assertThat(kong.asked()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"30, redis, -1", "60, local, -1", "60, redis, 0.5", "60, redis, 0"})
  void whatIsWrongIsChangedAndTheRestOfItStays(int minute, String policy, String syncRate) {
    present(plugin("1", minute, policy, syncRate));
    kong.wireMock()
        .stubFor(
            patch(urlEqualTo("/kong-admin/plugins/1"))
                .willReturn(okJson(plugin("1", 60, "redis", -1))));
    assertThat(admin.ensure("team acme", A_MINUTE)).isTrue();
    JsonNode body = KongServer.json(kong.asked().get(1).getBodyAsString());
    assertThat(body.get("enabled").asBoolean()).isTrue();
    assertThat(body.at("/config/minute").asInt()).isEqualTo(60);
    assertThat(body.at("/config/hour").isNull()).isTrue();
    // Where it counts is named only to correct it.
    assertThat(body.at("/config/redis").isMissingNode()).isEqualTo(minute == 30);
    assertThat(body.at("/config/fault_tolerant").isMissingNode()).isTrue();
    assertFitsSchema(body.get("config"));
  }

  @Test
  void withoutALimitItIsSwitchedOffAndWithOneOnAgain() {
    present(plugin("1", 60, "redis", -1));
    String off = plugin("1", 60, "redis", -1).replace("\"enabled\":true", "\"enabled\":false");
    kong.wireMock().stubFor(patch(urlEqualTo("/kong-admin/plugins/1")).willReturn(okJson(off)));
    assertThat(admin.ensure("team acme", RateLimits.NONE)).isTrue();
    assertThat(kong.asked().get(1).getBodyAsString()).isEqualTo("{\"enabled\":false}");
    present(off);
    assertThat(admin.ensure("team acme", RateLimits.NONE)).isFalse();
    assertThat(admin.ensure("team acme", A_MINUTE)).isTrue();
    present("");
    assertThat(admin.ensure("team acme", RateLimits.NONE)).isFalse();
  }

  @Test
  void whoeverWasFasterIsCorrected() {
    kong.wireMock()
        .stubFor(
            get(urlPathEqualTo(PLUGINS))
                .inScenario("race")
                .whenScenarioStateIs(STARTED)
                .willReturn(okJson("{\"data\":[]}")));
    kong.wireMock()
        .stubFor(
            post(urlEqualTo(PLUGINS))
                .inScenario("race")
                .willReturn(status(409))
                .willSetStateTo("lost"));
    kong.wireMock()
        .stubFor(
            get(urlPathEqualTo(PLUGINS))
                .inScenario("race")
                .whenScenarioStateIs("lost")
                .willReturn(okJson("{\"data\":[%s]}".formatted(plugin("1", 30, "redis", -1)))));
    kong.wireMock()
        .stubFor(
            patch(urlEqualTo("/kong-admin/plugins/1"))
                .willReturn(okJson(plugin("1", 60, "redis", -1))));
    assertThat(admin.ensure("team acme", A_MINUTE)).isTrue();
    assertThat(kong.asked())
        .extracting(request -> request.getMethod().getName())
        .containsExactly("GET", "POST", "GET", "PATCH");
  }

  @Test
  void anUnknownConsumerAndAKongThatTakesNoChangesAreTold() {
    kong.wireMock().stubFor(any(anyUrl()).willReturn(status(404)));
    assertKind(() -> admin.ensure("nobody", A_MINUTE), Kind.NOT_FOUND);
    present("");
    kong.wireMock().stubFor(post(anyUrl()).willReturn(status(405)));
    assertKind(() -> admin.ensure("team acme", A_MINUTE), Kind.READ_ONLY);
  }

  @Test
  void pagesWithoutEndAreGivenUp() {
    kong.wireMock().stubFor(get(anyUrl()).willReturn(okJson("{\"data\":[],\"offset\":\"again\"}")));
    assertKind(() -> admin.rateLimiting("team acme"), Kind.FAILED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "quoted?",
        "{\"data\":[{\"name\":\"rate-limiting\"}]}",
        "{\"data\":[{\"name\":\"rate-limiting\",\"id\":\"1\",\"config\":{\"policy\":\"local\",\"limit_by\":\"ip\",\"minute\":0}}]}",
        "{\"data\":[{\"name\":\"rate-limiting\",\"id\":\"1\",\"config\":{\"policy\":\"local\",\"limit_by\":\"ip\",\"minute\":\"quoted?\"}}]}",
        "{\"data\":[{\"name\":\"rate-limiting\",\"id\":\"1\",\"config\":{\"policy\":\"local\",\"limit_by\":\"ip\",\"minute\":1e99}}]}"
      })
  void whatIsNoPluginIsAFailureThatQuotesNothing(String body) {
    kong.wireMock().stubFor(get(anyUrl()).willReturn(okJson(body)));
    assertKind(() -> admin.rateLimiting("team acme"), Kind.FAILED);
  }

  @Test
  void aRateBelowOneIsNoneThatThePluginTakes() {
    assertThatThrownBy(() -> new RateLimits(0L, null, null, null, null, null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> admin.create("team acme", RateLimits.NONE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void callsCarryTheCredentialAndTheCorrelationAndAreCountedByUpstream() {
    kong.recordLog();
    present("");
    admin.onBehalfOf("run-1").rateLimiting("team acme");
    assertThat(kong.asked().get(0).getHeader("Authorization"))
        .isEqualTo("Bearer " + KongServer.SECRET);
    assertThat(kong.asked().get(0).getHeader("X-Request-Id")).isEqualTo("run-1");
    assertThat(
            kong.meters()
                .get("platform.gateway.requests")
                .tags("upstream", "kong-admin", "method", "GET", "outcome", "2xx")
                .timer()
                .count())
        .isOne();
    assertThat(kong.logged()).noneMatch(line -> line.contains(KongServer.SECRET));
  }

  private void present(String plugins) {
    kong.wireMock().resetRequests();
    kong.wireMock()
        .stubFor(
            get(urlPathEqualTo(PLUGINS))
                .willReturn(okJson("{\"data\":[%s],\"next\":null}".formatted(plugins))));
  }

  private static String plugin(String id, int minute, String policy, Object syncRate) {
    return """
    {"id":"%s","name":"rate-limiting","enabled":true,"route":null,"service":null,"consumer":{"id":"c"},\
    "config":{"second":null,"minute":%d,"hour":null,"day":null,"month":null,"year":null,"limit_by":"consumer",\
    "policy":"%s","sync_rate":%s,"fault_tolerant":true,"hide_client_headers":false,"redis":{"host":"redis","port":6379}}}\
    """
        .formatted(id, minute, policy, syncRate);
  }

  /** Every name is a field of Kong's own schema, every value of its type and within its bounds. */
  private static void assertFitsSchema(JsonNode config) {
    assertFits(config, field(SCHEMA.get("fields"), "config").get("fields"));
  }

  private static void assertFits(JsonNode values, JsonNode fields) {
    for (Map.Entry<String, JsonNode> value : values.properties()) {
      JsonNode field = field(fields, value.getKey());
      assertThat(field).as(value.getKey()).isNotNull();
      switch (field.get("type").asText()) {
        case "record" -> assertFits(value.getValue(), field.get("fields"));
        case "number", "integer" -> {
          assertThat(value.getValue().isNumber() || value.getValue().isNull()).isTrue();
          if (field.has("gt") && value.getValue().isNumber()) {
            assertThat(value.getValue().asLong()).isGreaterThan(field.get("gt").asLong());
          }
        }
        default -> {
          assertThat(value.getValue().isTextual()).as(value.getKey()).isTrue();
          if (field.has("one_of")) {
            assertThat(field.get("one_of")).contains(value.getValue());
          }
        }
      }
    }
  }

  private static JsonNode field(JsonNode fields, String name) {
    for (JsonNode field : fields) {
      if (field.has(name)) {
        return field.get(name);
      }
    }
    return null;
  }

  private static void assertKind(ThrowingCallable call, Kind kind) {
    UpstreamException failure = catchThrowableOfType(UpstreamException.class, call);
    assertThat(failure).isNotNull();
    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure).hasMessageNotContaining("quoted?");
  }
}
