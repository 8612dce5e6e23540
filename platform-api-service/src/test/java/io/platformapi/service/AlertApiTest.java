package io.platformapi.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.platformapi.service.testing.DeadLetters;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.TenantSql;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AlertApiTest {
  private static final String PATH = "/v1/ingest/litellm/alerts";
  private static final ObjectMapper JSON = new ObjectMapper();

  private static PlatformUnderTest platform;
  private static PlatformClient gateway;
  private static TenantSql sql;

  @BeforeAll
  static void start() throws Exception {
    platform = PlatformUnderTest.start();
    List.of("acme", "globex").forEach(platform::createTenant);
    gateway = platform.client(PlatformSettings.INGEST_TOKEN);
    sql = new TenantSql(platform.settings());
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  @Test
  void theGatewaysAlertsAreInTheBooksOfTheirTenantsAsReceived() throws IOException {
    List<String> bodies = recorded();
    bodies.forEach(body -> gateway.post(PATH, body.getBytes(UTF_8)).mustBe(200));
    await("the alerts of acme")
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(
                        sql.tenant(
                            "acme", "SELECT payload->>'alert' FROM gateway_snapshots ORDER BY 1"))
                    .containsExactlyInAnyOrder(bodies.get(0), bodies.get(1), bodies.get(5)));
    await("the alert of globex")
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(sql.tenant("globex", "SELECT payload FROM gateway_snapshots"))
                    .hasSize(1));
    JsonNode payload =
        JSON.readTree(sql.tenant("globex", "SELECT payload FROM gateway_snapshots").get(0));
    assertThat(payload.at("/usage/cost/amount").asText()).isEqualTo("3.200000000");
    assertThat(payload.at("/budget/amount").asText()).isEqualTo("3.000000000");
    assertThat(
            sql.tenant(
                "globex",
                "SELECT 1 FROM gateway_snapshots WHERE occurred_at > now() - interval '1 minute'"))
        .hasSize(1);
  }

  @Test
  void whoseAlertItIsDecidesTheTeamAloneAndNobodysIsADeadLetter() {
    try (DeadLetters letters = new DeadLetters(platform.settings().deadTopic())) {
      Answer answer =
          gateway
              .with("X-Tenant-Id", "acme")
              .post(PATH, "{\"event\":\"budget_crossed\",\"spend\":1,\"user_id\":\"marked-user\"}")
              .mustBe(200);
      assertThat(answer.body()).isEqualTo("{\"outcome\":\"unresolved\"}");
      await("the dead letter").until(() -> !marked(letters).isEmpty());
      assertThat(marked(letters))
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.header("reason")).isEqualTo("unknown_tenant");
                assertThat(letter.header("correlation-id"))
                    .isEqualTo(answer.header("X-Request-Id"));
              });
    }
  }

  @Test
  void whatIsOfNoBudgetIsAnsweredAndNotKept() {
    Answer answer =
        gateway.post(PATH, "{\"event\":\"spend_tracked\",\"spend\":1,\"team_id\":\"team_acme\"}");
    assertThat(answer.mustBe(200).body()).isEqualTo("{\"outcome\":\"ignored\"}");
  }

  @Test
  void onlyTheGatewaysSecretIsTaken() {
    for (PlatformClient client :
        List.of(platform.anybody(), platform.client("wrong"), platform.clientOf("acme"))) {
      Answer refused = client.post(PATH, "{\"event\":\"budget_crossed\",\"spend\":1}");
      assertThat(refused.mustBe(401).errorCode()).isEqualTo("unauthenticated");
    }
    // In a URL it would stand in every log on the way.
    assertThat(platform.anybody().post(PATH + "?token=ingest-token", "{}").status()).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "nonsense", "{\"event\":", "{\"event\":\"x\"} {}"})
  void whatIsNoObjectIsMalformed(String body) {
    assertThat(gateway.post(PATH, body).mustBe(400).errorCode()).isEqualTo("malformed_request");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "{\"spend\":1} | event",
        "{\"event\":\"x\",\"spend\":-1} | spend",
        "{\"event\":\"x\",\"spend\":1,\"team_id\":1} | team_id"
      })
  void aFieldThatCannotBeUsedIsNamed(String body, String field) {
    Answer refused = gateway.post(PATH, body).mustBe(422);
    assertThat(refused.json().at("/error/details/fields/0/field").asText()).isEqualTo(field);
  }

  @Test
  void aBodyAboveTheLimitAndOneOfAnotherKindAreRefused() {
    String large = "{\"event\":\"x\",\"spend\":1,\"more\":\"" + "y".repeat(64 * 1024) + "\"}";
    gateway.post(PATH, large).mustBe(413);
    gateway.send("POST", PATH, "text/plain", "{}").mustBe(415);
  }

  private static List<DeadLetters.Letter> marked(DeadLetters letters) {
    return letters.all().stream()
        .filter(letter -> new String(letter.value(), UTF_8).contains("marked-user"))
        .toList();
  }

  private static List<String> recorded() throws IOException {
    try (InputStream in =
        AlertApiTest.class.getResourceAsStream("/litellm/budget-webhooks.ndjson")) {
      return new String(in.readAllBytes(), UTF_8).lines().toList();
    }
  }
}
