package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.RealServers;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReservationApiTest {
  private static final String RESERVATIONS = "/v1/quotas/reservations";
  private static PlatformUnderTest platform;

  @BeforeAll
  static void start() throws Exception {
    platform = PlatformUnderTest.start();
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  @Test
  void aReservationIsMadeShownAndSettled() {
    PlatformClient client =
        tenant(
            "res-one",
            """
            {"dimension": "cost", "window": "month", "limit": {"amount": "1", "currency": "USD"}},
            {"dimension": "input_tokens", "window": "day", "limit": 1000, "scope": {"user": "*"}}""");
    Answer made =
        client
            .post(
                RESERVATIONS,
                """
                {"requestId": "call-1", "subject": {"user": "ann"}, "model": "gpt-4o",
                 "estimates": {"inputTokens": 600, "cost": {"amount": "0.25", "currency": "USD"}}}""")
            .mustBe(201);
    JsonNode body = made.json();
    String path = RESERVATIONS + "/" + body.get("id").asText();
    assertThat(made.header("Location")).endsWith(path);
    assertThat(body.get("granted").asBoolean()).isTrue();
    assertThat(body.get("degraded").asBoolean()).isFalse();
    assertThat(body.get("state").asText()).isEqualTo("open");
    assertThat(body.get("quotas")).hasSize(2);
    JsonNode cost = quota(body.get("quotas"), "cost");
    assertThat(cost.at("/held/amount").asText()).isEqualTo("0.250000000");
    assertThat(cost.at("/remaining/amount").asText()).isEqualTo("0.750000000");
    assertThat(cost.get("resetAt").asText()).endsWith("01T00:00:00Z");
    assertThat(quota(body.get("quotas"), "input_tokens").get("remaining").asLong()).isEqualTo(400);
    assertThat(made.header("RateLimit-Policy")).contains(";q=1000;w=86400");
    assertThat(made.header("RateLimit")).contains(";r=400;t=");
    JsonNode shown = client.get(path).mustBe(200).json();
    assertThat(shown.get("requestId").asText()).isEqualTo("call-1");
    assertThat(shown.at("/subject/user").asText()).isEqualTo("ann");
    assertThat(shown.get("holds")).hasSize(2);
    assertThat(shown.get("createdBy").asText()).isEqualTo("m2m-res-one");
    JsonNode settled =
        client.post(path + "/settle", "{\"actual\": {\"inputTokens\": 700}}").mustBe(200).json();
    assertThat(settled.get("state").asText()).isEqualTo("settled");
    assertThat(settled.get("settledBy").asText()).isEqualTo("caller");
    assertThat(settled.at("/actual/inputTokens").asLong()).isEqualTo(700);
    assertThat(settled.at("/actual/requests").asLong()).isEqualTo(1);
    assertThat(client.get(path).json()).isEqualTo(settled);
    JsonNode usage = client.get("/v1/quotas/usage?scope=user&scopeId=ann&window=day").json();
    assertThat(usage.at("/items/0/usage/inputTokens").asLong()).isEqualTo(700);
    assertThat(client.post(path + "/release", "").mustBe(409).errorCode()).isEqualTo("conflict");
  }

  @Test
  void whoIsRefusedIsToldByWhichQuotaAndWhenToComeAgain() {
    PlatformClient client =
        tenant(
            "res-two",
            """
            {"dimension": "requests", "window": {"kind": "day", "timeZone": "Europe/Berlin"},
             "limit": 1, "priority": 5, "description": "one a day"},
            {"dimension": "input_tokens", "window": "lifetime", "limit": 10}""");
    client.post(RESERVATIONS, "{\"estimates\": {\"inputTokens\": 5}}").mustBe(201);
    Answer refused =
        client.post(RESERVATIONS, "{\"estimates\": {\"inputTokens\": 50}}").mustBe(429);
    assertThat(refused.errorCode()).isEqualTo("quota_exceeded");
    JsonNode details = refused.json().at("/error/details");
    assertThat(details.at("/quota/dimension").asText()).isEqualTo("requests");
    assertThat(details.at("/quota/window/timeZone").asText()).isEqualTo("Europe/Berlin");
    assertThat(details.at("/quota/limit").asLong()).isEqualTo(1);
    assertThat(details.at("/quota/remaining").asLong()).isZero();
    assertThat(details.get("requested").asLong()).isEqualTo(1);
    assertThat(details.get("refusedBy")).hasSize(2);
    // More than the lifetime has: no time brings it nearer.
    assertThat(details.get("retryAt").isNull()).isTrue();
    assertThat(refused.header("Retry-After")).isNull();
    assertThat(refused.header("RateLimit")).contains(";r=0");
    Answer later = client.post(RESERVATIONS, "{}").mustBe(429);
    assertThat(Integer.parseInt(later.header("Retry-After"))).isBetween(290, 300);
    assertThat(later.json().at("/error/details/retryAt").asText()).isNotEmpty();
  }

  @Test
  void aRepeatedRequestIsAnsweredAgain() {
    PlatformClient client =
        tenant(
            "res-three", "{\"dimension\": \"requests\", \"window\": \"lifetime\", \"limit\": 1}");
    PlatformClient keyed = client.with("Idempotency-Key", UUID.randomUUID().toString());
    Answer first = keyed.post(RESERVATIONS, "{\"model\": \"m\"}").mustBe(201);
    Answer again = keyed.post(RESERVATIONS, "{\"model\": \"m\"}").mustBe(201);
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
    assertThat(again.header("Location")).isEqualTo(first.header("Location"));
    assertThat(keyed.post(RESERVATIONS, "{\"model\": \"n\"}").mustBe(422).errorCode())
        .isEqualTo("idempotency_key_reused");
    String path = RESERVATIONS + "/" + first.json().get("id").asText();
    PlatformClient other = client.with("Idempotency-Key", UUID.randomUUID().toString());
    Answer released = other.post(path + "/release", "").mustBe(200);
    assertThat(other.post(path + "/release", "").mustBe(200).body()).isEqualTo(released.body());
    assertThat(client.post(path + "/release", "").mustBe(200).json().get("state").asText())
        .isEqualTo("released");
  }

  @Test
  void aCheckTellsWithoutHolding() {
    PlatformClient client =
        tenant("res-four", "{\"dimension\": \"requests\", \"window\": \"lifetime\", \"limit\": 1}");
    Answer one = client.post("/v1/quotas/check", "{\"model\": \"m\"}").mustBe(200);
    assertThat(one.json().get("granted").asBoolean()).isTrue();
    assertThat(one.json().at("/quotas/0/remaining").asLong()).isEqualTo(1);
    assertThat(one.header("RateLimit")).contains(";r=1");
    JsonNode many =
        client
            .post(
                "/v1/quotas/check",
                "{\"items\": [{}, {\"estimates\": {\"requests\": 2}}, {\"estimates\": {\"seats\": 9}}]}")
            .mustBe(200)
            .json();
    assertThat(many.at("/items/0/granted").asBoolean()).isTrue();
    assertThat(many.at("/items/1/granted").asBoolean()).isFalse();
    assertThat(many.at("/items/1/refusal/quota/dimension").asText()).isEqualTo("requests");
    assertThat(many.at("/items/2/granted").asBoolean()).isTrue();
    client.post(RESERVATIONS, "{}").mustBe(201);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"ttlSeconds\": 0} | ttlSeconds",
        "{\"ttlSeconds\": 86401} | ttlSeconds",
        "{\"requestId\": \"\"} | requestId",
        "{\"requestId\": \"two words\"} | requestId",
        "{\"model\": \"\"} | model",
        "{\"subject\": {\"user\": \"a\\u0000b\"}} | subject.user",
        "{\"estimates\": {\"inputTokens\": -1}} | estimates.inputTokens",
        "{\"estimates\": {\"inputTokens\": 1000000000000001}} | estimates.inputTokens",
        "{\"estimates\": {\"seats\": 1, \"requests\": 1}} | estimates",
        "{\"estimates\": {\"cost\": {\"amount\": \"1\", \"currency\": \"EUR\"}}} | estimates.cost.currency",
        "{\"estimates\": {\"cost\": {\"amount\": \"1000001\", \"currency\": \"USD\"}}} | estimates.cost.amount",
      })
  void aWishThatMakesNoSenseIsRefused(String body, String field) {
    PlatformClient client = platform.clientOf(existing());
    Answer answer = client.post(RESERVATIONS, body).mustBe(422);
    assertThat(answer.errorCode()).isEqualTo("validation_failed");
    assertThat(answer.fields()).containsExactly(field);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"items\": []} | items",
        "{\"items\": [null]} | items[0]",
        "{\"items\": [{}], \"model\": \"m\"} | items",
        "{\"items\": [{}, {\"estimates\": {\"seats\": -1}}]} | items[1].estimates.seats"
      })
  void aQuestionThatMakesNoSenseIsRefused(String body, String field) {
    Answer answer = platform.clientOf(existing()).post("/v1/quotas/check", body).mustBe(422);
    assertThat(answer.fields()).containsExactly(field);
  }

  @Test
  void nobodyReservesWithoutItsOwnPermissionAndNobodySeesAnothersReservation() {
    PlatformClient client = tenant("res-five", "");
    String id = client.post(RESERVATIONS, "{}").mustBe(201).json().get("id").asText();
    PlatformClient reader =
        platform.client(
            RealServers.issuer().organizationToken("reader", "org_res-five", "quotas:read"));
    reader.get(RESERVATIONS + "/" + id).mustBe(200);
    reader.post(RESERVATIONS, "{}").mustBe(403);
    reader.post(RESERVATIONS + "/" + id + "/release", "").mustBe(403);
    PlatformClient other = platform.clientOf(existing());
    other.get(RESERVATIONS + "/" + id).mustBe(404);
    other.post(RESERVATIONS + "/" + id + "/release", "").mustBe(404);
    other.post(RESERVATIONS + "/nonsense/settle", "{\"actual\": {}}").mustBe(404);
    client.post(RESERVATIONS + "/" + id + "/settle", "{}").mustBe(422);
  }

  private static boolean made;

  private static synchronized String existing() {
    if (!made) {
      platform.createTenant("res-any");
      made = true;
    }
    return "res-any";
  }

  private static PlatformClient tenant(String id, String quotas) {
    platform.createTenant(id);
    PlatformClient client = platform.clientOf(id);
    client.put("/v1/quotas", "{\"items\": [" + quotas + "]}").mustBe(200);
    return client;
  }

  private static JsonNode quota(JsonNode quotas, String dimension) {
    for (JsonNode quota : quotas) {
      if (quota.get("dimension").asText().equals(dimension)) {
        return quota;
      }
    }
    throw new AssertionError(dimension + " is not in " + quotas);
  }
}
