package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.RealServers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TenantApiTest {
  private static PlatformUnderTest platform;
  private static PlatformClient client;

  @BeforeAll
  static void start() throws Exception {
    platform = PlatformUnderTest.start();
    client = platform.client();
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  @Test
  void aTenantIsCreatedReadAndNotReadAgain() {
    Answer created =
        create(
                """
            {"id":"umbrella","name":"Umbrella ☂","org":"org_umbrella","plan":"pro","currency":"EUR",
             "litellmTeams":["team_b","team_a"],"litellmOrganizations":["gateway_org"]}
            """)
            .mustBe(201);
    assertThat(created.header("Location")).endsWith("/v1/tenants/umbrella");
    assertThat(created.header("ETag")).matches("\"[0-9]+\"");
    JsonNode tenant = created.json();
    assertThat(tenant.get("state").asText()).isEqualTo("active");
    assertThat(tenant.get("name").asText()).isEqualTo("Umbrella ☂");
    assertThat(tenant.get("currency").asText()).isEqualTo("EUR");
    assertThat(tenant.get("litellmTeams")).hasToString("[\"team_a\",\"team_b\"]");
    assertThat(tenant.get("createdAt").asText()).matches("20..-..-..T..:..:..(\\.[0-9]+)?Z");

    Answer read = client.get("/v1/tenants/umbrella").mustBe(200);
    assertThat(read.json()).isEqualTo(tenant);
    assertThat(read.header("ETag")).isEqualTo(created.header("ETag"));
    Answer same =
        client.with("If-None-Match", read.header("ETag")).get("/v1/tenants/umbrella").mustBe(304);
    assertThat(same.body()).isEmpty();
    assertThat(same.header("ETag")).isEqualTo(read.header("ETag"));
    client.with("If-None-Match", "\"999\"").get("/v1/tenants/umbrella").mustBe(200);
  }

  @Test
  void whatIsAbsentIsFilledIn() {
    JsonNode tenant = create("{\"name\":\"Bare\"}").mustBe(201).json();
    assertThat(tenant.get("id").asText()).matches("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-.*");
    assertThat(tenant.get("plan").asText()).isEqualTo("free");
    assertThat(tenant.get("currency").asText()).isEqualTo("USD");
    assertThat(tenant.get("platformId").asText()).isEqualTo("default");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":\"taken\",\"name\":\"x\"}",
        "{\"id\":\"free-1\",\"name\":\"x\",\"org\":\"org_taken\"}",
        "{\"id\":\"free-2\",\"name\":\"x\",\"litellmTeams\":[\"team_taken\"]}",
        "{\"id\":\"free-3\",\"name\":\"x\",\"litellmOrganizations\":[\"gateway_taken\"]}"
      })
  void whatBelongsToAnotherTenantIsAConflict(String body) {
    create(
        """
        {"id":"taken","name":"x","org":"org_taken","litellmTeams":["team_taken"],
         "litellmOrganizations":["gateway_taken"]}
        """);
    Answer refused = create(body).mustBe(409);
    assertThat(refused.errorCode()).isEqualTo("conflict");
    for (String id : List.of("free-1", "free-2", "free-3")) {
      client.get("/v1/tenants/" + id).mustBe(404);
    }
  }

  @Test
  void everyBrokenRuleIsNamedAtOnce() {
    Answer refused =
        create(
                """
            {"id":"-Bad","name":" ","org":"","plan":"No Plan","platformId":"?","currency":"usd",
             "litellmTeams":["a","a",null],"litellmOrganizations":["\\u0000"]}
            """)
            .mustBe(422);
    assertThat(refused.errorCode()).isEqualTo("validation_failed");
    assertThat(refused.fields())
        .containsExactlyInAnyOrder(
            "id",
            "name",
            "org",
            "plan",
            "platformId",
            "currency",
            "litellmTeams[1]",
            "litellmTeams[2]",
            "litellmOrganizations[0]");
    assertThat(create("{}").mustBe(422).fields()).containsExactly("name");
    assertThat(create("{\"name\":\"x\",\"platformId\":\"nobody\"}").mustBe(422).fields())
        .containsExactly("platformId");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"name\":                    | 400",
        "[]                           | 400",
        "null                         | 422",
        "{\"name\":\"x\",\"nmae\":\"y\"} | 422",
        "{\"name\":{}}                 | 422",
        "{\"litellmTeams\":\"x\"}       | 422"
      })
  void whatIsNoTenantIsRefused(String body, int status) {
    Answer refused = create(body).mustBe(status);
    assertThat(refused.errorCode())
        .isEqualTo(status == 400 ? "malformed_request" : "validation_failed");
  }

  @Test
  void pagesHoldEveryTenantOnceInOrder() {
    IntStream.range(0, 7).forEach(i -> create("{\"id\":\"page-" + i + "\",\"name\":\"x\"}"));
    List<String> all = ids(client.get("/v1/tenants?limit=200").mustBe(200).json());
    assertThat(all).isSorted().doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(7);
    List<String> paged = new ArrayList<>();
    String path = "/v1/tenants?limit=3";
    for (String next = ""; next != null; ) {
      JsonNode page = client.get(path + next).mustBe(200).json();
      assertThat(page.get("items").size()).isBetween(1, 3);
      paged.addAll(ids(page));
      next = page.get("nextCursor").isNull() ? null : "&cursor=" + page.get("nextCursor").asText();
    }
    assertThat(paged).isEqualTo(all);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "limit=0",
        "limit=201",
        "limit=-1",
        "limit=x",
        "limit=",
        "cursor=",
        "cursor=abc",
        "cursor=AAAA",
        "cursor=%00",
        "cursor=%F0%9F%98%80"
      })
  void aBadPageIsRefused(String query) {
    Answer refused = client.get("/v1/tenants?" + query).mustBe(422);
    assertThat(refused.errorCode()).isEqualTo("validation_failed");
    assertThat(refused.fields()).containsExactly(query.substring(0, query.indexOf('=')));
  }

  @Test
  void aRepeatedRequestGetsTheFirstAnswerAgain() {
    PlatformClient keyed = client.with("Idempotency-Key", "create-once");
    byte[] body = "{\"name\":\"Once\"}".getBytes();
    Answer first = keyed.post("/v1/tenants", body).mustBe(201);
    Answer second = keyed.post("/v1/tenants", body).mustBe(201);
    assertThat(second.body()).isEqualTo(first.body());
    assertThat(second.header("ETag")).isEqualTo(first.header("ETag"));
    assertThat(second.header("Location")).isEqualTo(first.header("Location"));
    assertThat(second.header("Idempotency-Replayed")).isEqualTo("true");
    assertThat(first.header("Idempotency-Replayed")).isNull();

    Answer reused = keyed.post("/v1/tenants", "{\"name\":\"Other\"}".getBytes()).mustBe(422);
    assertThat(reused.errorCode()).isEqualTo("idempotency_key_reused");
    // A key belongs to its caller.
    String other = RealServers.issuer().resourceToken("somebody", PlatformUnderTest.ALL_SCOPES);
    Answer others =
        platform
            .client(other)
            .with("Idempotency-Key", "create-once")
            .post("/v1/tenants", body)
            .mustBe(201);
    assertThat(others.json().get("id")).isNotEqualTo(first.json().get("id"));
  }

  @Test
  void theSameKeyAtTheSameTimeMakesOneTenant() {
    byte[] body = "{\"name\":\"Racing\"}".getBytes();
    List<CompletableFuture<Answer>> answers =
        IntStream.range(0, 8)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () ->
                            client
                                .with("Idempotency-Key", "at-the-same-time")
                                .post("/v1/tenants", body)))
            .toList();
    assertThat(answers.stream().map(CompletableFuture::join))
        .allSatisfy(answer -> answer.mustBe(201))
        .extracting(answer -> answer.json().get("id").asText())
        .containsOnly(answers.get(0).join().json().get("id").asText());
  }

  @Test
  void theSameIdAtTheSameTimeMakesOneTenant() {
    List<CompletableFuture<Answer>> answers =
        IntStream.range(0, 6)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> create("{\"id\":\"contested\",\"name\":\"x\"}")))
            .toList();
    assertThat(answers.stream().map(CompletableFuture::join).map(Answer::status))
        .containsOnly(201, 409)
        .containsOnlyOnce(201);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anOrganizationsTokenSeesItsOwnTenantAloneAndMakesNone(boolean resource) {
    create("{\"id\":\"mine\",\"name\":\"x\",\"org\":\"org_mine\"}");
    create("{\"id\":\"notmine\",\"name\":\"x\",\"org\":\"org_notmine\"}");
    String scopes = PlatformUnderTest.ALL_SCOPES;
    PlatformClient own =
        platform.client(
            resource
                ? RealServers.issuer().organizationResourceToken("m2m", "org_mine", scopes)
                : RealServers.issuer().organizationToken("m2m", "org_mine", scopes));
    assertThat(ids(own.get("/v1/tenants").mustBe(200).json())).containsExactly("mine");
    own.get("/v1/tenants/mine").mustBe(200);
    assertThat(own.get("/v1/tenants/notmine").mustBe(404).errorCode()).isEqualTo("not_found");
    own.forTenant("notmine").get("/v1/tenants/notmine").mustBe(403);
    Answer refused = own.post("/v1/tenants", "{\"id\":\"more\",\"name\":\"x\"}".getBytes());
    assertThat(refused.mustBe(403).errorCode()).isEqualTo("forbidden");
    client.get("/v1/tenants/more").mustBe(404);
  }

  @Test
  void whoActsForNoTenantAndNotForThePlatformSeesNone() {
    create("{\"id\":\"unseen\",\"name\":\"x\"}");
    PlatformClient nobody =
        platform.client(RealServers.issuer().resourceToken("m2m", "tenants:read tenants:write"));
    assertThat(nobody.get("/v1/tenants").mustBe(403).errorCode()).isEqualTo("forbidden");
    nobody.get("/v1/tenants/unseen").mustBe(403);
  }

  private static Answer create(String body) {
    return client.send("POST", "/v1/tenants", "application/json", body);
  }

  private static List<String> ids(JsonNode page) {
    List<String> ids = new ArrayList<>();
    page.get("items").forEach(item -> ids.add(item.get("id").asText()));
    return ids;
  }
}
