package io.platformapi.service;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathMatching;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.nimbusds.jose.jwk.Curve;
import io.platformapi.service.local.LocalIssuer;
import io.platformapi.service.testing.ApiKeys;
import io.platformapi.service.testing.Browser;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.RealServers;
import io.platformapi.service.testing.TestDatabases;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Signing in, refreshing and logging out over HTTP, on two nodes of which one has no Redis. */
class SignInApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String REDIRECT = "https://console.example/callback";
  private static final String TOKEN_PATH = "/logto/oidc/token";

  private static final Browser BROWSER = new Browser();
  private static WireMockServer kong;
  private static PlatformUnderTest platform;
  private static PlatformUnderTest other;
  private static String admin;

  @BeforeAll
  static void start() throws Exception {
    kong = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());
    kong.start();
    proxy();
    PlatformSettings settings = PlatformSettings.create().with("KONG_URL", kong.baseUrl());
    platform = PlatformUnderTest.start(settings);
    other = PlatformUnderTest.start(settings.with("REDIS_PORT", "1"));
    admin = settings.adminDatabaseUrl().replaceFirst(".*/", "").replaceFirst("\\?.*", "");
    await("the issuer's keys")
        .atMost(Duration.ofSeconds(10))
        .until(() -> platform.client().get("/v1/tenants").status() == 200);
    platform.client().createTenant("acme");
  }

  @AfterAll
  static void stop() {
    other.close();
    platform.close();
    kong.stop();
  }

  @AfterEach
  void proxyAgain() {
    proxy();
  }

  private static void proxy() {
    kong.resetAll();
    kong.stubFor(
        any(urlPathMatching("/logto/.*"))
            .atPriority(10)
            .willReturn(
                aResponse()
                    .proxiedFrom("http://127.0.0.1:" + RealServers.issuer().port())
                    .withProxyUrlPrefixToRemove("/logto")));
  }

  @Test
  void aUserSignsInWithACodeAndPkce() {
    JsonNode login = login(Map.of("redirectUri", REDIRECT, "scopes", List.of("quotas:read")));
    String url = login.get("authorizationUrl").asText();
    assertThat(url).startsWith(RealServers.issuer().issuer() + "/auth?");
    Map<String, String> query = Browser.query(url);
    assertThat(query)
        .containsEntry("response_type", "code")
        .containsEntry("client_id", "console")
        .containsEntry("redirect_uri", REDIRECT)
        .containsEntry("scope", "openid quotas:read")
        .containsEntry("resource", LocalIssuer.RESOURCE)
        .containsEntry("code_challenge_method", "S256")
        .containsEntry("state", login.get("state").asText())
        .doesNotContainKey("prompt");
    assertThat(query.get("code_challenge")).hasSize(43);
    assertThat(query.get("nonce")).hasSize(43).isNotEqualTo(query.get("state"));
    assertThat(Instant.parse(login.get("expiresAt").asText()))
        .isBetween(Instant.now().plusSeconds(590), Instant.now().plusSeconds(601));

    Answer answer = callback(platform, BROWSER.visit(url)).mustBe(200);
    assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
    JsonNode tokens = answer.json();
    assertThat(tokens.get("tokenType").asText()).isEqualTo("Bearer");
    assertThat(tokens.get("expiresIn").asInt()).isEqualTo(3600);
    assertThat(tokens.get("scope").asText()).isEqualTo("quotas:read");
    assertThat(tokens.get("refreshToken").isNull()).isTrue();
    assertThat(tokens.get("idToken").asText()).contains(".");

    JsonNode me = me(platform, tokens).mustBe(200).json();
    assertThat(me.get("subject").asText()).isEqualTo("user-1");
    assertThat(me.get("clientId").asText()).isEqualTo("console");
    assertThat(me.get("credential").asText()).isEqualTo("token");
    assertThat(me.get("tenantId").isNull()).isTrue();
    assertThat(me.get("platformId").asText()).isEqualTo("default");
    assertThat(me.get("scopes")).hasToString("[\"quotas:read\"]");
    assertThat(me.get("userId").isNull()).isTrue();
    assertThat(me.get("roles")).isEmpty();
    assertThat(me.get("attributes")).isEmpty();
    assertThat(Duration.between(Instant.now(), Instant.parse(me.get("expiresAt").asText())))
        .isBetween(Duration.ofSeconds(3500), Duration.ofSeconds(3601));
    assertThat(audited("session.signed_in", "user-1")).isPositive();
  }

  @Test
  void forAnOrganizationTheTokensActForItsTenant() {
    JsonNode login = login(Map.of("redirectUri", REDIRECT, "organizationId", "org_acme"));
    assertThat(Browser.query(login.get("authorizationUrl").asText()))
        .containsEntry("prompt", "consent")
        .containsEntry("organization_id", "org_acme")
        .containsEntry("scope", "openid profile offline_access urn:logto:scope:organizations");
    JsonNode tokens =
        signIn(
            Map.of(
                "redirectUri",
                REDIRECT,
                "organizationId",
                "org_acme",
                "scopes",
                List.of("quotas:read")));
    JsonNode me = me(platform, tokens).mustBe(200).json();
    assertThat(me.get("tenantId").asText()).isEqualTo("acme");
    platform.client(tokens.get("accessToken").asText()).get("/v1/quotas").mustBe(200);

    JsonNode refreshed = refresh(tokens, "org_acme").mustBe(200).json();
    assertThat(me(other, refreshed).mustBe(200).json().get("tenantId").asText()).isEqualTo("acme");
    assertThat(me(platform, refresh(refreshed, null).mustBe(200).json()).json().get("tenantId"))
        .hasToString("null");
  }

  @Test
  void whoIsNoMemberOfTheOrganizationIsForbidden() {
    Map<String, String> back = visited(Map.of("redirectUri", REDIRECT, "organizationId", "org_x"));
    refused(callback(platform, back), 403, "forbidden");
    JsonNode tokens = signIn(Map.of("redirectUri", REDIRECT, "organizationId", "org_acme"));
    refused(refresh(tokens, "org_x"), 403, "forbidden");
  }

  @Test
  void anyNodeCompletesASignInAndNoneTwice() {
    Map<String, String> back = visited(Map.of("redirectUri", REDIRECT));
    callback(other, back).mustBe(200);
    refused(callback(other, back), 401, "unauthenticated");
    refused(callback(platform, back), 401, "unauthenticated");
    assertThat(audited("session.sign_in_refused", "anonymous")).isPositive();
  }

  @Test
  void aStateThatIsOldOrUnknownCompletesNothing() {
    Map<String, String> back = visited(Map.of("redirectUri", REDIRECT));
    TestDatabases.execute(admin, "UPDATE sign_ins SET expires_at = now() - interval '1 second'");
    refused(callback(platform, back), 401, "unauthenticated");
    refused(
        callback(platform, Map.of("code", back.get("code"), "state", "a".repeat(43))),
        401,
        "unauthenticated");
    // Beginning another takes the old ones away.
    login(Map.of("redirectUri", REDIRECT));
    assertThat(
            TestDatabases.single(admin, "SELECT count(*) FROM sign_ins WHERE expires_at < now()"))
        .isEqualTo("0");
  }

  @Test
  void aCodeIsGoodOnlyWithTheVerifierOfItsOwnSignIn() {
    Map<String, String> mine = visited(Map.of("redirectUri", REDIRECT));
    Map<String, String> stolen = visited(Map.of("redirectUri", REDIRECT));
    refused(
        callback(platform, Map.of("code", stolen.get("code"), "state", mine.get("state"))),
        401,
        "unauthenticated");
    refused(
        callback(platform, Map.of("code", "no-code", "state", stolen.get("state"))),
        401,
        "unauthenticated");
  }

  @Test
  void anAnswerOfAnotherIssuerIsRefused() {
    Map<String, String> back = visited(Map.of("redirectUri", REDIRECT));
    assertThat(back).containsEntry("iss", RealServers.issuer().issuer());
    back.put("iss", "https://evil.example/oidc");
    refused(callback(platform, back), 401, "unauthenticated");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"redirectUri\":\"https://evil.example/callback\"}",
        "{\"redirectUri\":\"https://console.example/callback/\"}",
        "{\"redirectUri\":\"https://console.example/callback?a=b\"}",
        "{\"redirectUri\":\"https://console.example/callback\",\"scopes\":[\"a b\"]}",
        "{\"redirectUri\":\"https://console.example/callback\",\"scopes\":[null]}",
        "{\"redirectUri\":\"https://console.example/callback\",\"organizationId\":\"a/b\"}",
      })
  void aSignInThatBreaksARuleDoesNotBegin(String body) {
    refused(
        platform.anybody().send("POST", "/v1/auth/login", "application/json", body),
        422,
        "validation_failed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "callback | {}",
        "callback | {\"code\":\"a\"}",
        "callback | {\"code\":\"\",\"state\":\"b\"}",
        "callback | {\"code\":\"a b\",\"state\":\"b\"}",
        "refresh | {}",
        "refresh | {\"refreshToken\":\"\"}",
        "refresh | {\"refreshToken\":\"a\",\"scopes\":[\"\"]}",
      })
  void whatIsMissingIsNamed(String path, String body) {
    refused(
        platform.anybody().send("POST", "/v1/auth/" + path, "application/json", body),
        422,
        "validation_failed");
  }

  @Test
  void aRefreshTokenWorksOnceAndItsReplayEndsTheSession() {
    JsonNode tokens = signIn(Map.of("redirectUri", REDIRECT));
    JsonNode second = refresh(tokens, null).mustBe(200).json();
    assertThat(second.get("accessToken")).isNotEqualTo(tokens.get("accessToken"));
    assertThat(second.get("refreshToken")).isNotEqualTo(tokens.get("refreshToken"));
    me(platform, second).mustBe(200);
    refused(refresh(tokens, null), 401, "unauthenticated");
    refused(refresh(second, null), 401, "unauthenticated");
    assertThat(audited("session.refreshed", "user-1")).isPositive();
    assertThat(audited("session.refresh_refused", "anonymous")).isPositive();
  }

  @Test
  void noMoreScopesThanBeforeComeByRefreshing() {
    JsonNode tokens =
        signIn(Map.of("redirectUri", REDIRECT, "scopes", List.of("offline_access", "quotas:read")));
    ObjectNode body = JSON.createObjectNode();
    body.put("refreshToken", tokens.get("refreshToken").asText());
    body.putArray("scopes").add("tenants:read");
    refused(platform.anybody().post("/v1/auth/refresh", body), 422, "validation_failed");
  }

  @ParameterizedTest
  @CsvSource({
    "nonce, another, 401, unauthenticated",
    "nonce, -, 401, unauthenticated",
    "aud, another-client, 401, unauthenticated",
    "iss, https://evil.example/oidc, 401, unauthenticated",
    "exp, 1, 401, unauthenticated",
    "iat, 9999999999, 401, unauthenticated",
    "at_hash, AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA, 401, unauthenticated",
    "sub, -, 401, unauthenticated",
    "absent, -, 502, upstream_failed",
    "typ, at+jwt, 401, unauthenticated",
    "none, -, 200, -"
  })
  void anIdTokenThatIsNotRightSignsNobodyIn(String claim, String value, int status, String code) {
    JsonNode login = login(Map.of("redirectUri", REDIRECT));
    Map<String, String> query = Browser.query(login.get("authorizationUrl").asText());
    Map<String, String> back = BROWSER.visit(login.get("authorizationUrl").asText());
    LocalIssuer issuer = RealServers.issuer();
    Map<String, Object> claims = issuer.claims("console", "console", null);
    claims.put("sub", "user-1");
    claims.put("nonce", query.get("nonce"));
    if (!List.of("none", "absent", "typ").contains(claim)) {
      Object changed = value.matches("[0-9]+") ? (Object) Long.valueOf(value) : value;
      claims.compute(claim, (name, before) -> value.equals("-") ? null : changed);
    }
    ObjectNode answer = JSON.createObjectNode();
    answer.put("access_token", issuer.resourceToken("console", "quotas:read"));
    answer.put("token_type", "Bearer");
    answer.put("expires_in", 3600);
    if (!claim.equals("absent")) {
      answer.put(
          "id_token", claim.equals("typ") ? issuer.sign(claims) : issuer.signIdToken(claims));
    }
    issuerAnswers(200, answer.toString());
    Answer callback = callback(platform, back);
    if (status == 200) {
      callback.mustBe(200);
    } else {
      refused(callback, status, code);
      assertThat(callback.body()).doesNotContain("accessToken");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | {\"error\":\"invalid_grant\"} | 401 | unauthenticated",
        "401 | {\"code\":\"oidc.invalid_client\",\"message\":\"An OIDC error occurred: oidc.invalid_client.\",\"error\":\"invalid_client\",\"error_description\":\"client authentication failed\"} | 502 | upstream_failed",
        "400 | {\"code\":\"oidc.invalid_target\",\"message\":\"Invalid resource indicator.\",\"error\":\"invalid_target\",\"error_description\":\"resource indicator is missing, or unknown\"} | 502 | upstream_failed",
        "403 | {\"code\":\"oidc.access_denied\",\"message\":\"Access denied.\",\"error\":\"access_denied\",\"error_description\":\"app has not associated with the organization\"} | 403 | forbidden",
        "400 | {\"message\":\"no code of an error\"} | 502 | upstream_failed",
        "500 | {\"error\":\"server_error\"} | 502 | upstream_failed",
        "200 | <html>no JSON</html> | 502 | upstream_failed",
        "200 | [] | 502 | upstream_failed",
        "200 | {} | 502 | upstream_failed",
        "302 | {} | 502 | upstream_failed",
        "404 | {\"code\":\"auth.authorization_header_missing\"} | 502 | upstream_failed",
        "503 | {\"message\":\"name resolution failed\"} | 503 | unavailable"
      })
  void whateverTheIssuerAnswersIsToldInOurEnvelope(
      int status, String body, int expected, String code) {
    Map<String, String> back = visited(Map.of("redirectUri", REDIRECT));
    issuerAnswers(status, body);
    Answer answer = callback(platform, back);
    refused(answer, expected, code);
    assertThat(answer.body()).doesNotContain("oidc.").doesNotContain("app has not");
    assertThat(answer.header("Retry-After") != null).isEqualTo(expected == 503);
    // The circuit that a failure may have opened closes again.
    proxy();
    await("the issuer to be asked again")
        .atMost(Duration.ofSeconds(5))
        .until(() -> callback(platform, visited(Map.of("redirectUri", REDIRECT))).status() == 200);
  }

  @Test
  void theIssuerIsAskedThroughKongAsOurApplicationForTheRequestAtHand() {
    Map<String, String> back = visited(Map.of("redirectUri", REDIRECT));
    platform
        .anybody()
        .with("X-Request-Id", "request-of-sign-in")
        .post("/v1/auth/callback", JSON.valueToTree(back))
        .mustBe(200);
    // RFC 6749, section 2.3.1: both halves are form-encoded.
    String credentials =
        Base64.getEncoder().encodeToString("console:s3cret%3Awith%2Bsigns".getBytes());
    kong.verify(
        1,
        postRequestedFor(urlPathEqualTo(TOKEN_PATH))
            .withHeader("X-Request-Id", equalTo("request-of-sign-in"))
            .withHeader("Authorization", equalTo("Basic " + credentials)));
  }

  @Test
  void aLogoutEndsTheTokenOnEveryNodeAndTheRefreshTokenAtTheIssuer() throws Exception {
    JsonNode tokens = signIn(Map.of("redirectUri", REDIRECT));
    me(platform, tokens).mustBe(200);
    me(other, tokens).mustBe(200);
    ObjectNode body = JSON.createObjectNode();
    body.put("refreshToken", tokens.get("refreshToken").asText());
    body.put("idToken", tokens.get("idToken").asText());
    body.put("postLogoutRedirectUri", "https://console.example/bye");
    JsonNode ended =
        platform
            .client(tokens.get("accessToken").asText())
            .post("/v1/auth/logout", body)
            .mustBe(200)
            .json();
    assertThat(ended.get("refreshTokenRevoked").asBoolean()).isTrue();
    String url = ended.get("endSessionUrl").asText();
    assertThat(url).startsWith(RealServers.issuer().issuer() + "/session/end?");
    assertThat(Browser.query(url))
        .containsEntry("client_id", "console")
        .containsEntry("id_token_hint", tokens.get("idToken").asText())
        .containsEntry("post_logout_redirect_uri", "https://console.example/bye");

    refused(me(platform, tokens), 401, "unauthenticated");
    await("the node without Redis")
        .atMost(Duration.ofSeconds(1))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> me(other, tokens).status() == 401);
    refused(refresh(tokens, null), 401, "unauthenticated");
    String twin = otherSignature(tokens.get("accessToken").asText());
    refused(platform.client(twin).get("/v1/auth/me"), 401, "unauthenticated");
    assertThat(audited("session.signed_out", "user-1")).isPositive();
  }

  @Test
  void aTwinOfATokenByItsOtherSignatureIsTheSameToken() throws Exception {
    String token = RealServers.issuer().resourceToken("m2m", "tenants:read");
    String twin = otherSignature(token);
    assertThat(twin).isNotEqualTo(token);
    // It is believed, or the test above would show nothing.
    platform.client(twin).get("/v1/auth/me").mustBe(200);
    JsonNode ended =
        platform.client(token).send("POST", "/v1/auth/logout", null, null).mustBe(200).json();
    assertThat(ended.get("refreshTokenRevoked").isNull()).isTrue();
    refused(platform.client(twin).get("/v1/auth/me"), 401, "unauthenticated");
  }

  @Test
  void aLogoutLeadsOnlyWhereItMay() {
    String token = RealServers.issuer().resourceToken("m2m", null);
    refused(
        platform
            .client(token)
            .post(
                "/v1/auth/logout",
                JSON.createObjectNode().put("postLogoutRedirectUri", "https://evil.example/")),
        422,
        "validation_failed");
    platform.client(token).get("/v1/auth/me").mustBe(200);
  }

  @Test
  void whoeverIsAuthenticatedSeesItsOwnSessionWithoutAnyScope() {
    JsonNode me =
        platform
            .client(RealServers.issuer().organizationToken("m2m", "org_acme", null))
            .get("/v1/auth/me")
            .mustBe(200)
            .json();
    assertThat(me.get("scopes")).isEmpty();
    assertThat(me.get("tenantId").asText()).isEqualTo("acme");
  }

  @Test
  void anApiKeySeesWhatItIsAndHasNoSessionToEnd() {
    JsonNode key = ApiKeys.create(platform.clientOf("acme"), "quotas:read").mustBe(201).json();
    PlatformClient client = platform.client(ApiKeys.secret(key));
    JsonNode me = client.get("/v1/auth/me").mustBe(200).json();
    assertThat(me.get("credential").asText()).isEqualTo("api_key");
    assertThat(me.get("tenantId").asText()).isEqualTo("acme");
    refused(client.post("/v1/auth/logout", JSON.createObjectNode()), 403, "forbidden");
    client.get("/v1/auth/me").mustBe(200);
  }

  @Test
  void nothingSecretIsInLogsAuditOrTheDatabase() {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Logger ours = (Logger) LoggerFactory.getLogger("io.platformapi");
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    root.addAppender(log);
    ours.setLevel(Level.DEBUG);
    try {
      JsonNode login = login(Map.of("redirectUri", REDIRECT));
      Map<String, String> query = Browser.query(login.get("authorizationUrl").asText());
      String row =
          TestDatabases.single(
              admin,
              "SELECT string_agg(encode(state_hash, 'escape') || encode(sealed, 'escape') || "
                  + "row_to_json(sign_ins)::text, ' ') FROM sign_ins");
      assertThat(row).doesNotContain(query.get("state")).doesNotContain(query.get("nonce"));
      Map<String, String> back = BROWSER.visit(login.get("authorizationUrl").asText());
      JsonNode tokens = callback(platform, back).mustBe(200).json();
      callback(platform, back).mustBe(401);
      refresh(tokens, null).mustBe(200);
      refresh(tokens, null).mustBe(401);
      platform
          .client(tokens.get("accessToken").asText())
          .post("/v1/auth/logout", JSON.createObjectNode())
          .mustBe(200);
      List<String> secrets =
          List.of(
              back.get("code"),
              back.get("state"),
              query.get("nonce"),
              tokens.get("accessToken").asText(),
              tokens.get("refreshToken").asText(),
              tokens.get("idToken").asText(),
              RealServers.APP.secret());
      String audit =
          TestDatabases.single(
              admin, "SELECT string_agg(row_to_json(audit_events)::text, ' ') FROM audit_events");
      assertThat(log.list).isNotEmpty();
      for (String secret : secrets) {
        assertThat(log.list)
            .extracting(ILoggingEvent::getFormattedMessage)
            .noneMatch(line -> line.contains(secret));
        assertThat(audit).doesNotContain(secret);
      }
    } finally {
      ours.setLevel(null);
      root.detachAppender(log);
    }
  }

  @Test
  void withoutAnApplicationAtTheIssuerNobodySignsInAndTokensStillWork() throws Exception {
    PlatformSettings off =
        platform.settings().with("LOGTO_CLIENT_ID", "").with("LOGTO_CLIENT_SECRET", "");
    try (PlatformUnderTest node = PlatformUnderTest.start(off)) {
      String body = "{\"redirectUri\":\"" + REDIRECT + "\"}";
      Answer login = node.anybody().send("POST", "/v1/auth/login", "application/json", body);
      refused(login, 503, "unavailable");
      assertThat(login.body()).contains("signing in is not configured here");
      refused(callback(node, Map.of("code", "a", "state", "b")), 503, "unavailable");
      JsonNode ended =
          node.client(RealServers.issuer().resourceToken("m2m", null))
              .post("/v1/auth/logout", JSON.createObjectNode().put("refreshToken", "a"))
              .mustBe(200)
              .json();
      assertThat(ended).hasToString("{\"endSessionUrl\":null,\"refreshTokenRevoked\":false}");
    }
  }

  private static void issuerAnswers(int status, String body) {
    kong.stubFor(
        post(urlPathEqualTo(TOKEN_PATH))
            .atPriority(1)
            .willReturn(aResponse().withStatus(status).withBody(body)));
  }

  private static JsonNode login(Map<String, Object> body) {
    return platform
        .anybody()
        .post("/v1/auth/login", JSON.<JsonNode>valueToTree(body))
        .mustBe(200)
        .json();
  }

  private static Map<String, String> visited(Map<String, Object> body) {
    return BROWSER.visit(login(body).get("authorizationUrl").asText());
  }

  private static JsonNode signIn(Map<String, Object> body) {
    return callback(platform, visited(body)).mustBe(200).json();
  }

  private static Answer callback(PlatformUnderTest node, Map<String, String> back) {
    return node.anybody()
        .post("/v1/auth/callback", JSON.<JsonNode>valueToTree(new LinkedHashMap<>(back)));
  }

  private static Answer refresh(JsonNode tokens, String organization) {
    ObjectNode body = JSON.createObjectNode();
    body.put("refreshToken", tokens.get("refreshToken").asText());
    if (organization != null) {
      body.put("organizationId", organization);
    }
    return platform.anybody().post("/v1/auth/refresh", body);
  }

  private static Answer me(PlatformUnderTest node, JsonNode tokens) {
    PlatformClient client = node.client(tokens.get("accessToken").asText());
    return client.get("/v1/auth/me");
  }

  private static void refused(Answer answer, int status, String code) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.json().at("/error/code").asText()).isEqualTo(code);
    assertThat(answer.json().at("/error/requestId").asText()).isNotEmpty();
  }

  private static int audited(String action, String actor) {
    return Integer.parseInt(
        TestDatabases.single(
            admin,
            "SELECT count(*) FROM audit_events WHERE action = '%s' AND actor = '%s'"
                .formatted(action, actor)));
  }

  /** The same token with the other of the two ECDSA signatures that are right for it. */
  private static String otherSignature(String token) throws Exception {
    int dot = token.lastIndexOf('.');
    byte[] signature = Base64.getUrlDecoder().decode(token.substring(dot + 1));
    int half = signature.length / 2;
    BigInteger s = new BigInteger(1, Arrays.copyOfRange(signature, half, signature.length));
    byte[] negated = Curve.P_384.toECParameterSpec().getOrder().subtract(s).toByteArray();
    byte[] other = Arrays.copyOf(signature, signature.length);
    Arrays.fill(other, half, other.length, (byte) 0);
    int length = Math.min(half, negated.length);
    System.arraycopy(negated, negated.length - length, other, other.length - length, length);
    return token.substring(0, dot + 1)
        + Base64.getUrlEncoder().withoutPadding().encodeToString(other);
  }
}
