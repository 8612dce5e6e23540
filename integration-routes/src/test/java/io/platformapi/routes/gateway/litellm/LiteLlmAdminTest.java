package io.platformapi.routes.gateway.litellm;

import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.status;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.platformapi.routes.gateway.KongServer;
import io.platformapi.routes.gateway.UpstreamException;
import io.platformapi.routes.gateway.UpstreamException.Kind;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class LiteLlmAdminTest {
  private static final JsonNode OPENAPI = KongServer.resource("/litellm/admin-openapi.json");
  private static final String HASH = "33da83740e8f97ac37c64d68b0866393ad5eb0f39d18af004532626d8e24";

  // The shape of LiteLLM 1.102.4's TeamInfoResponseObject, with fields of the limits and some
  // others.
  private static final String TEAM =
      """
      {"team_id": "team acme&1", "team_alias": "acme", "organization_id": "org_acme", "spend": 0.00037079999999999996,
       "max_budget": 1234567890123.123456789, "soft_budget": null, "budget_duration": "30d",
       "budget_reset_at": "2026-12-01T00:00:00Z", "tpm_limit": 9007199254740993, "rpm_limit": 0, "blocked": true,
       "created_at": "2026-10-05T08:09:10.123000Z", "members_with_roles": [{"user_id": "u", "role": "admin"}], "models": []}
      """;

  private final KongServer kong = new KongServer();
  private final LiteLlmAdmin admin = new LiteLlmAdmin(kong.gateway(), "/litellm");

  @AfterEach
  void stop() {
    kong.close();
  }

  @ParameterizedTest
  @CsvSource({"connected, true", "'Not connected', false", "'', false"})
  void itsReadinessTellsOfItsDatabaseAsItsOpenApiDocumentNamesIt(String db, boolean connected) {
    assertThat(OPENAPI.at("/paths/~1health~1readiness/get").isMissingNode()).isFalse();
    kong.wireMock()
        .stubFor(
            get(urlEqualTo("/litellm/health/readiness"))
                .willReturn(okJson("{\"status\": \"healthy\", \"db\": \"%s\"}".formatted(db))));
    assertThat(admin.databaseConnected()).isEqualTo(connected);
  }

  @Test
  void theModelsOfOurKeyAreCounted() {
    assertThat(OPENAPI.at("/paths/~1v1~1models/get").isMissingNode()).isFalse();
    kong.wireMock()
        .stubFor(
            get(urlEqualTo("/litellm/v1/models"))
                .willReturn(okJson("{\"data\": [{\"id\": \"a\"}, {\"id\": \"b\"}]}")));
    assertThat(admin.models()).isEqualTo(2);
    kong.wireMock()
        .stubFor(get(urlEqualTo("/litellm/v1/models")).willReturn(okJson("{\"data\": {}}")));
    assertThat(catchThrowableOfType(UpstreamException.class, admin::models).kind())
        .isEqualTo(Kind.FAILED);
  }

  @Test
  void aTeamIsReadWithAllDigits() {
    kong.wireMock()
        .stubFor(
            get(urlEqualTo("/litellm/team/info?team_id=team%20acme%261&key_limit=1"))
                .willReturn(
                    okJson(
                        "{\"team_id\":\"team acme&1\",\"team_info\":%s,\"keys\":[],\"team_memberships\":[]}"
                            .formatted(TEAM))));
    assertThat(admin.team("team acme&1"))
        .isEqualTo(
            new LiteLlmTeam(
                "team acme&1",
                "org_acme",
                new BigDecimal("0.00037079999999999996"),
                new LiteLlmLimits(
                    new BigDecimal("1234567890123.123456789"),
                    null,
                    "30d",
                    Instant.parse("2026-12-01T00:00:00Z"),
                    9_007_199_254_740_993L,
                    0L),
                true,
                Instant.parse("2026-10-05T08:09:10.123Z")));
  }

  @Test
  void onlyWhatIsNamedIsChangedAndNullTakesALimitAway() {
    kong.wireMock()
        .stubFor(
            post(urlEqualTo("/litellm/team/update"))
                .willReturn(okJson("{\"team_id\":\"team acme&1\",\"data\":%s}".formatted(TEAM))));
    LimitChange change =
        LimitChange.NONE.maxBudget(new BigDecimal("0.000000001")).rpmLimit(null).tpmLimit(7L);
    assertThat(admin.updateTeam("team acme&1", change).limits().rpmLimit()).isZero();
    // As text: read as a number, 1E-9 would look the same.
    assertThat(kong.asked().get(0).getBodyAsString())
        .isEqualTo(
            "{\"team_id\":\"team acme&1\",\"max_budget\":0.000000001,\"rpm_limit\":null,\"tpm_limit\":7}");
  }

  @Test
  void aKeyIsReadByItsHash() {
    kong.wireMock()
        .stubFor(
            get(urlEqualTo("/litellm/key/info?key=" + HASH))
                .willReturn(
                    okJson(
                        """
                        {"key": "%s", "info": {"key_name": "sk-...abcd", "spend": 1.5, "max_budget": null,
                         "team_id": "team_acme", "organization_id": null, "metadata": {"tenant_id": "acme"},
                         "budget_id": "shared", "budget_duration": null, "budget_reset_at": null, "tpm_limit": null,
                         "rpm_limit": 60, "blocked": null,
                         "litellm_budget_table": {"budget_id": "shared", "soft_budget": 5.0, "max_budget": 10.0}}}
                        """
                            .formatted(HASH))));
    assertThat(admin.key(HASH))
        .isEqualTo(
            new LiteLlmKey(
                HASH,
                "team_acme",
                null,
                "acme",
                new BigDecimal("1.5"),
                "shared",
                new LiteLlmLimits(null, new BigDecimal("5"), null, null, null, 60L),
                false,
                null));
  }

  @Test
  void aKeyItselfNeverStandsInAUrl() {
    assertThatThrownBy(() -> admin.key("sk-1234"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("1234");
    assertThatThrownBy(() -> admin.updateKey("sk-1234", LimitChange.NONE.rpmLimit(1L)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(kong.asked()).isEmpty();
  }

  @Test
  void aBudgetIsFoundAmongThoseAnswered() {
    kong.wireMock()
        .stubFor(
            post(urlEqualTo("/litellm/budget/info"))
                .willReturn(
                    okJson(
                        """
                        [{"budget_id": "other", "max_budget": 1.0},
                         {"budget_id": "shared", "max_budget": 2.5, "soft_budget": null, "budget_duration": "1d",
                          "budget_reset_at": "2026-11-24T00:00:00.000Z", "tpm_limit": null, "rpm_limit": null}]
                        """)));
    LiteLlmBudget budget = admin.budget("shared");
    assertThat(budget.limits().maxBudget()).isEqualByComparingTo("2.5");
    assertThat(budget.limits().budgetResetAt()).isEqualTo(Instant.parse("2026-11-24T00:00:00Z"));
    assertThat(kong.asked().get(0).getBodyAsString()).isEqualTo("{\"budgets\":[\"shared\"]}");
    assertKind(() -> admin.budget("none"), Kind.NOT_FOUND);
  }

  @Test
  void everyNameThatIsSentIsInLiteLlmsOwnDocument() {
    kong.wireMock()
        .stubFor(
            any(anyUrl())
                .willReturn(
                    okJson(
                        "{\"data\":{\"team_id\":\"t\"},\"team_info\":{\"team_id\":\"t\"},\"info\":{}}")));
    LimitChange everything =
        LimitChange.NONE
            .maxBudget(BigDecimal.TEN)
            .softBudget(BigDecimal.ONE)
            .budgetDuration("30d")
            .tpmLimit(1L)
            .rpmLimit(1L);
    admin.team("t");
    admin.updateTeam("t", everything);
    admin.key(HASH);
    admin.updateKey(HASH, everything);
    assertKind(() -> admin.budget("b"), Kind.FAILED, Kind.NOT_FOUND);
    admin.updateBudget("b", everything);
    assertThat(kong.asked()).hasSize(6);
    kong.asked().forEach(LiteLlmAdminTest::assertDocumented);
  }

  private static void assertDocumented(LoggedRequest request) {
    String path = request.getUrl().replaceFirst("^/litellm", "").replaceFirst("[?].*", "");
    JsonNode operation =
        OPENAPI.path("paths").path(path).path(request.getMethod().getName().toLowerCase());
    assertThat(operation.isObject()).as(path).isTrue();
    List<String> parameters = new ArrayList<>();
    operation.path("parameters").forEach(each -> parameters.add(each.path("name").asText()));
    assertThat(parameters).containsAll(request.getQueryParams().keySet());
    String schema = operation.at("/requestBody/content/application~1json/schema/$ref").asText();
    if (!schema.isEmpty()) {
      JsonNode properties = OPENAPI.at(schema.substring(1)).path("properties");
      KongServer.json(request.getBodyAsString())
          .fieldNames()
          .forEachRemaining(name -> assertThat(properties.has(name)).as(path + name).isTrue());
    }
  }

  @Test
  void aReadIsTriedAgainAndAChangeIsSentOnce() {
    kong.wireMock().stubFor(any(anyUrl()).willReturn(status(503)));
    assertKind(() -> admin.team("t"), Kind.UNAVAILABLE);
    assertThat(kong.asked()).hasSize(3);
    assertThat(kong.meters().get("platform.gateway.retries").tag("upstream", "litellm").counter())
        .satisfies(retries -> assertThat(retries.count()).isEqualTo(2));
    kong.wireMock().resetRequests();
    assertKind(() -> admin.updateTeam("t", LimitChange.NONE.rpmLimit(1L)), Kind.UNAVAILABLE);
    assertThat(kong.asked()).hasSize(1);
    assertThat(
            kong.meters()
                .get("platform.gateway.requests")
                .tags("upstream", "litellm", "method", "POST", "outcome", "5xx")
                .timer()
                .count())
        .isOne();
  }

  @ParameterizedTest
  @CsvSource({
    "401, REFUSED_CREDENTIAL",
    "403, REFUSED_CREDENTIAL",
    "404, NOT_FOUND",
    "409, CONFLICT",
    "400, INVALID",
    "422, INVALID",
    "429, UNAVAILABLE",
    "500, FAILED"
  })
  void everyRefusalHasItsKind(int status, Kind kind) {
    kong.wireMock().stubFor(any(anyUrl()).willReturn(status(status).withBody("quoted?")));
    assertKind(() -> admin.updateTeam("t", LimitChange.NONE.rpmLimit(1L)), kind);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "quoted?",
        "[]",
        "{\"team_info\":\"quoted?\"}",
        "{\"team_info\":{\"team_id\":\"quoted?\"}}",
        "{\"team_info\":{\"team_id\":\"t\",\"max_budget\":\"quoted?\"}}",
        "{\"team_info\":{\"team_id\":\"t\",\"max_budget\":NaN}}",
        "{\"team_info\":{\"team_id\":\"t\",\"spend\":1e999999999}}",
        "{\"team_info\":{\"team_id\":\"t\",\"tpm_limit\":1.5}}",
        "{\"team_info\":{\"team_id\":\"t\",\"budget_reset_at\":\"quoted?\"}}"
      })
  void whatIsNoTeamIsAFailureThatQuotesNothing(String body) {
    kong.wireMock().stubFor(get(urlPathEqualTo("/litellm/team/info")).willReturn(okJson(body)));
    assertKind(() -> admin.team("t"), Kind.FAILED);
  }

  @Test
  void aChangeOfNothingAndALimitBelowZeroAreNeverSent() {
    assertThatThrownBy(() -> admin.updateTeam("t", LimitChange.NONE))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> LimitChange.NONE.maxBudget(new BigDecimal("-0.1")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> LimitChange.NONE.rpmLimit(-1L))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(kong.asked()).isEmpty();
  }

  @Test
  void callsCarryTheCredentialTheCorrelationAndATraceAndNoLogHasASecret() {
    kong.recordLog();
    kong.wireMock().stubFor(any(anyUrl()).willReturn(status(503).withBody("quoted?")));
    LiteLlmAdmin ofRun = admin.onBehalfOf("run-1");
    assertKind(() -> ofRun.key(HASH), Kind.UNAVAILABLE);
    for (LoggedRequest request : kong.asked()) {
      assertThat(request.getHeader("Authorization")).isEqualTo("Bearer " + KongServer.SECRET);
      assertThat(request.getHeader("X-Request-Id")).isEqualTo("run-1");
      assertThat(request.getHeader("traceparent")).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00");
    }
    // Until the circuit opens, which is logged too.
    for (int i = 0; i < 10; i++) {
      assertKind(() -> ofRun.updateKey(HASH, LimitChange.NONE.rpmLimit(1L)), Kind.UNAVAILABLE);
    }
    kong.wireMock().resetRequests();
    assertKind(() -> ofRun.key(HASH), Kind.UNAVAILABLE);
    assertThat(kong.asked()).isEmpty();
    assertThat(
            kong.meters()
                .get("platform.gateway.circuit.open")
                .tag("upstream", "litellm")
                .gauge()
                .value())
        .isOne();
    assertThat(kong.logged()).isNotEmpty();
    assertThat(kong.logged())
        .noneMatch(
            line ->
                line.contains(KongServer.SECRET) || line.contains(HASH) || line.contains("quoted"));
  }

  private static void assertKind(ThrowingCallable call, Kind... kinds) {
    UpstreamException failure = catchThrowableOfType(UpstreamException.class, call);
    assertThat(failure).isNotNull();
    assertThat(failure.kind()).isIn((Object[]) kinds);
    assertThat(failure).hasMessageNotContainingAny("quoted?", KongServer.SECRET, HASH);
  }
}
