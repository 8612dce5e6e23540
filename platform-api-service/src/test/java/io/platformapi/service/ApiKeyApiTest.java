package io.platformapi.service;

import static io.platformapi.service.testing.ApiKeys.create;
import static io.platformapi.service.testing.ApiKeys.path;
import static io.platformapi.service.testing.ApiKeys.post;
import static io.platformapi.service.testing.ApiKeys.revoke;
import static io.platformapi.service.testing.ApiKeys.rotate;
import static io.platformapi.service.testing.ApiKeys.secret;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.testing.DeadLetters;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.RealServers;
import io.platformapi.service.testing.TestDatabases;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a tenant does with its keys. */
class ApiKeyApiTest {
  private static final String KEYS = "/v1/api-keys";
  private static PlatformUnderTest platform;
  private static PlatformClient acme;
  private static PlatformClient globex;

  @BeforeAll
  static void start() throws Exception {
    platform = PlatformUnderTest.start();
    platform.createTenant("acme");
    platform.createTenant("globex");
    acme = platform.clientOf("acme");
    globex = platform.clientOf("globex");
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  @Test
  void aKeyIsToldOnceWhenItIsMadeAndNeverAgain() {
    Answer created =
        post(
                acme,
                KEYS,
                """
                {"name":"billing job ☂","scopes":["quotas:write","quotas:read"],
                 "expiresAt":"2099-01-01T00:00:00+01:00"}
                """)
            .mustBe(201);
    JsonNode key = created.json();
    assertThat(secret(key)).matches("pak_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}");
    assertThat(created.header("Location")).endsWith(path(key));
    assertThat(created.header("ETag")).isEqualTo("\"1\"");
    assertThat(created.header("Cache-Control")).isEqualTo("no-store");

    Answer read = acme.get(path(key)).mustBe(200);
    assertThat(read.header("ETag")).isEqualTo("\"1\"");
    assertThat(read.body()).doesNotContain(secretPart(key));
    JsonNode shown = read.json();
    assertThat(shown.get("id")).isEqualTo(key.get("id"));
    assertThat(shown.get("tenantId").asText()).isEqualTo("acme");
    assertThat(shown.get("name").asText()).isEqualTo("billing job ☂");
    assertThat(shown.get("scopes")).hasToString("[\"quotas:read\",\"quotas:write\"]");
    assertThat(shown.get("createdBy").asText()).isEqualTo("m2m-acme");
    assertThat(shown.get("expiresAt").asText()).isEqualTo("2098-12-31T23:00:00Z");
    assertThat(secret(key)).startsWith("pak_" + shown.get("prefix").asText() + "_");
    assertThat(shown.get("revokedAt").isNull()).isTrue();
    assertThat(acme.get(KEYS + "?limit=200").mustBe(200).body()).doesNotContain(secretPart(key));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | name, scopes",
        "{\"name\":\" \",\"scopes\":[]} | name, scopes",
        "{\"name\":\"x\",\"scopes\":[\"quotas:read\",\"quotas:read\"]} | scopes[1]",
        "{\"name\":\"x\",\"scopes\":[null,\"quotas:fly\"]} | scopes[0], scopes[1]",
        "{\"name\":\"x\",\"scopes\":[\"platform:delegate\"]} | scopes[0]",
        "{\"name\":\"x\",\"scopes\":[\"tenants:read\",\"tenants:write\"]} | scopes[0], scopes[1]",
        "{\"name\":\"x\",\"scopes\":[\"quotas:read\"],\"expiresAt\":\"2020-01-01T00:00:00Z\"} | expiresAt",
        "{\"name\":\"x\",\"scopes\":[\"quotas:read\"],\"expiresAt\":\"+12345-01-01T00:00:00Z\"} | expiresAt",
        "null | body",
      })
  void everyBrokenRuleIsNamedAtOnce(String body, String fields) {
    Answer refused = post(acme, KEYS, body).mustBe(422);
    assertThat(String.join(", ", refused.fields())).isEqualTo(fields);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}",
        "{\"overlapSeconds\":-1}",
        "{\"overlapSeconds\":604801}",
        "{\"overlapSeconds\":1.5}",
        "{\"overlapSeconds\":\"1\"}",
        "{\"overlapSeconds\":1,\"expiresAt\":\"2020-01-01T00:00:00Z\"}"
      })
  void aRotationMustSayHowLongTheOldKeyStays(String body) {
    JsonNode key = create(acme, "quotas:read").mustBe(201).json();
    refused(post(acme, path(key) + "/rotate", body), 422, "validation_failed");
    assertThat(acme.get(path(key)).json().get("replacedBy").isNull()).isTrue();
  }

  @Test
  void nobodyGivesAwayWhatHeHasNot() {
    PlatformClient lesser = acmeWith("apikeys:write apikeys:read quotas:read");
    create(lesser, "quotas:read").mustBe(201);
    refused(create(lesser, "quotas:read quotas:write"), 403, "forbidden");
    JsonNode greater = create(acme, "quotas:write").mustBe(201).json();
    refused(rotate(lesser, greater, 0), 403, "forbidden");
    assertThat(acme.get(path(greater)).json().get("replacedBy").isNull()).isTrue();
  }

  @Test
  void aRepeatedRequestIsToldTheSameKeyAgain() {
    PlatformClient client = acme.with("Idempotency-Key", "create-1");
    Answer first = create(client, "quotas:read").mustBe(201);
    Answer again = create(client, "quotas:read").mustBe(201);
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
    assertThat(again.header("Location")).isEqualTo(first.header("Location"));
    assertThat(again.header("Cache-Control")).isEqualTo("no-store");
    refused(create(client, "quotas:write"), 422, "idempotency_key_reused");
    refused(
        create(acmeWith("apikeys:write").with("Idempotency-Key", "create-1"), "quotas:read"),
        403,
        "forbidden");

    PlatformClient rotator = acme.with("Idempotency-Key", "rotate-1");
    Answer rotated = rotate(rotator, first.json(), 60).mustBe(201);
    assertThat(rotate(rotator, first.json(), 60).mustBe(201).body()).isEqualTo(rotated.body());
    refused(rotate(acme, first.json(), 60), 409, "conflict");
  }

  @Test
  void oneRequestThatComesManyTimesAtOnceMakesOneKey() {
    PlatformClient client = acme.with("Idempotency-Key", "at-once");
    List<CompletableFuture<String>> answers =
        IntStream.range(0, 6)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> create(client, "quotas:read").mustBe(201).body()))
            .toList();
    assertThat(answers.stream().map(CompletableFuture::join).distinct()).hasSize(1);
  }

  @Test
  void aRepetitionForAnotherTenantIsAnotherRequest() {
    PlatformClient client = platform.client().with("Idempotency-Key", "both");
    JsonNode one = create(client.forTenant("acme"), "quotas:read").mustBe(201).json();
    JsonNode other = create(client.forTenant("globex"), "quotas:read").mustBe(201).json();
    assertThat(one.get("tenantId").asText()).isEqualTo("acme");
    assertThat(other.get("tenantId").asText()).isEqualTo("globex");
    assertThat(secret(other)).isNotEqualTo(secret(one));
  }

  @Test
  void anotherTenantsKeysAreNotThere() {
    JsonNode key = create(acme, "quotas:read").mustBe(201).json();
    refused(globex.get(path(key)), 404, "not_found");
    refused(revoke(globex, key), 404, "not_found");
    refused(rotate(globex, key, 0), 404, "not_found");
    assertThat(globex.get(KEYS + "?limit=200").mustBe(200).body())
        .doesNotContain(key.get("id").asText());
    assertThat(acme.get(path(key)).mustBe(200).json().get("version").asInt()).isEqualTo(1);
    for (String id : List.of("nothing", "0", "%00", "01a20a1c-0402-7123-b889-46e3ebb60103")) {
      assertThat(acme.get(KEYS + "/" + id).status()).as(id).isIn(400, 404);
    }
  }

  @Test
  void pagesHoldEveryKeyOnceInOrder() {
    platform.createTenant("pages");
    PlatformClient client = platform.clientOf("pages");
    IntStream.range(0, 7).forEach(i -> create(client, "quotas:read").mustBe(201));
    List<String> all = ids(client.get(KEYS + "?limit=200").mustBe(200).json());
    assertThat(all).hasSize(7).isSorted().doesNotHaveDuplicates();
    List<String> paged = new ArrayList<>();
    for (String next = ""; next != null; ) {
      JsonNode page = client.get(KEYS + "?limit=3" + next).mustBe(200).json();
      assertThat(page.get("items").size()).isBetween(1, 3);
      paged.addAll(ids(page));
      next = page.get("nextCursor").isNull() ? null : "&cursor=" + page.get("nextCursor").asText();
    }
    assertThat(paged).isEqualTo(all);
    refused(client.get(KEYS + "?cursor=abc"), 422, "validation_failed");
    refused(client.get(KEYS + "?limit=0"), 422, "validation_failed");
  }

  @Test
  void aChangeOfAnotherVersionThanTheCallerMeantIsRefused() {
    JsonNode key = create(acme, "quotas:read").mustBe(201).json();
    PlatformClient stale = acme.with("If-Match", "\"7\"");
    refused(revoke(stale, key), 412, "precondition_failed");
    refused(rotate(stale, key, 5), 412, "precondition_failed");
    refused(create(stale, "quotas:read"), 412, "precondition_failed");
    rotate(acme.with("If-Match", "\"1\""), key, 5).mustBe(201);
    Answer read = acme.get(path(key)).mustBe(200);
    assertThat(read.header("ETag")).isEqualTo("\"2\"");
    revoke(acme.with("If-Match", "\"2\""), key).mustBe(204);
  }

  @Test
  void aRotatedKeyNamesItsSuccessorWhichHasTheSameScopesAndEnd() {
    JsonNode old = create(acme, "quotas:read", "2098-01-01T00:00:00Z").mustBe(201).json();
    JsonNode next = rotate(acme, old, 3600).mustBe(201).json();
    assertThat(next.get("scopes")).isEqualTo(old.get("scopes"));
    assertThat(next.get("name")).isEqualTo(old.get("name"));
    assertThat(next.get("expiresAt")).isEqualTo(old.get("expiresAt"));
    JsonNode shown = acme.get(path(old)).mustBe(200).json();
    assertThat(shown.get("replacedBy")).isEqualTo(next.get("id"));
    assertThat(Instant.parse(shown.get("expiresAt").asText()))
        .isBetween(Instant.now().plusSeconds(3500), Instant.now().plusSeconds(3601));
    JsonNode renewed =
        post(
                acme,
                path(next) + "/rotate",
                "{\"overlapSeconds\":0,\"expiresAt\":\"2099-01-01T00:00:00Z\"}")
            .mustBe(201)
            .json();
    assertThat(renewed.get("expiresAt").asText()).isEqualTo("2099-01-01T00:00:00Z");
  }

  @Test
  void whatHasEndedIsNotRotatedAndStaysInTheList() {
    JsonNode revoked = create(acme, "quotas:read").mustBe(201).json();
    revoke(acme, revoked).mustBe(204);
    revoke(acme, revoked).mustBe(204);
    refused(rotate(acme, revoked, 60), 409, "conflict");
    JsonNode shown = acme.get(path(revoked)).mustBe(200).json();
    assertThat(shown.get("revokedAt").isNull()).isFalse();
    assertThat(shown.get("version").asInt()).isEqualTo(2);
    JsonNode replaced = create(acme, "quotas:read").mustBe(201).json();
    rotate(acme, replaced, 0).mustBe(201);
    refused(rotate(acme, replaced, 60), 409, "conflict");
    assertThat(ids(acme.get(KEYS + "?limit=200").json()))
        .contains(revoked.get("id").asText(), replaced.get("id").asText());
  }

  @Test
  void everyChangeIsAuditedAndPublishedOnceWithoutTheKey() {
    PlatformClient client = acme.with("X-Request-Id", "request-of-the-journal");
    JsonNode key = create(client.with("Idempotency-Key", "journal"), "quotas:read").json();
    create(client.with("Idempotency-Key", "journal"), "quotas:read").mustBe(201);
    JsonNode next = rotate(client, key, 60).mustBe(201).json();
    revoke(client, key).mustBe(204);
    revoke(client, key).mustBe(204);
    String target = "api-key/" + key.get("id").asText();
    assertThat(
            single(
                "SELECT string_agg(action || ' ' || actor || ' ' || tenant_id || ' ' || request_id,"
                    + " ', ' ORDER BY occurred_at) FROM audit_events WHERE target = '"
                    + target
                    + "'"))
        .isEqualTo(
            String.join(
                ", ",
                "apikey.created m2m-acme acme request-of-the-journal",
                "apikey.rotated m2m-acme acme request-of-the-journal",
                "apikey.revoked m2m-acme acme request-of-the-journal"));
    try (DeadLetters events = new DeadLetters(platform.settings().platformTopic())) {
      await("the events")
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThat(typesOf(events, key))
                      .containsExactly("apikey.created", "apikey.rotated", "apikey.revoked"));
      assertThat(bodies(events)).noneMatch(body -> body.contains(secretPart(key)));
      assertThat(bodies(events)).noneMatch(body -> body.contains(secretPart(next)));
      assertThat(bodies(events))
          .anyMatch(
              body ->
                  body.contains("\"replacedBy\":\"" + next.get("id").asText() + "\"")
                      && body.contains("\"tenantId\":\"acme\""));
    }
  }

  @Test
  void whenItWasLastUsedIsToldABitLater() {
    JsonNode key = create(acme, "quotas:read").mustBe(201).json();
    assertThat(acme.get(path(key)).json().get("lastUsedAt").isNull()).isTrue();
    Instant before = Instant.now().minusMillis(1);
    platform.client(secret(key)).get("/v1/quotas").mustBe(200);
    await("the note")
        .atMost(Duration.ofSeconds(10))
        .until(() -> !acme.get(path(key)).json().get("lastUsedAt").isNull());
    JsonNode shown = acme.get(path(key)).json();
    assertThat(Instant.parse(shown.get("lastUsedAt").asText()))
        .isBetween(before, Instant.now().plusMillis(1));
    assertThat(shown.get("version").asInt()).isEqualTo(1);
  }

  private static PlatformClient acmeWith(String scopes) {
    return platform.client(RealServers.issuer().organizationToken("m2m-acme", "org_acme", scopes));
  }

  private static String secretPart(JsonNode key) {
    return secret(key).split("_")[2];
  }

  private static List<String> ids(JsonNode page) {
    List<String> ids = new ArrayList<>();
    page.get("items").forEach(item -> ids.add(item.get("id").asText()));
    return ids;
  }

  private static List<String> bodies(DeadLetters events) {
    return events.all().stream()
        .map(letter -> new String(letter.value(), StandardCharsets.UTF_8))
        .toList();
  }

  private static List<String> typesOf(DeadLetters events, JsonNode key) {
    String id = "\"payload\":{\"id\":\"" + key.get("id").asText() + "\"";
    return bodies(events).stream()
        .filter(body -> body.contains(id))
        .map(body -> body.replaceAll("(?s).*\"type\":\"([^\"]*)\".*", "$1"))
        .toList();
  }

  private static String single(String sql) {
    String url = platform.settings().adminDatabaseUrl();
    return TestDatabases.single(url.replaceAll(".*/([^?]*).*", "$1"), sql);
  }

  private static void refused(Answer answer, int status, String code) {
    answer.mustBe(status);
    assertThat(answer.errorCode()).isEqualTo(code);
  }
}
