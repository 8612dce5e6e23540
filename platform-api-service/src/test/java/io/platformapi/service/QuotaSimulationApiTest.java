package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.platformapi.service.testing.GeneratedTraffic;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.TopicWriter;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class QuotaSimulationApiTest {
  private static final int EVENTS = 6000;
  private static final int FEW = 300;
  private static final Instant START = Instant.parse("2026-10-05T00:00:00Z");
  private static final String SIMULATE = "/v1/quotas/simulate";
  private static final String PERIOD =
      "\"from\":\"2026-10-05T00:00:00Z\",\"to\":\"2026-10-06T00:00:00Z\"";
  private static final String HALF =
      "{" + PERIOD + ",\"items\":[{\"dimension\":\"requests\",\"window\":\"day\",\"limit\":3000}]}";

  private static PlatformUnderTest platform;
  private static PlatformClient client;

  @BeforeAll
  static void start() throws Exception {
    platform = PlatformUnderTest.start();
    List.of("acme", "globex", "initech").forEach(platform::createTenant);
    client = platform.clientOf("acme");
    try (TopicWriter topic = new TopicWriter(platform.settings().usageTopic())) {
      new GeneratedTraffic(1, EVENTS, List.of("acme"), START)
          .forEach(event -> topic.send(event.tenant(), event.value()));
      new GeneratedTraffic(2, FEW, List.of("initech"), START)
          .forEach(event -> topic.send(event.tenant(), event.value()));
    }
    await("the ledger")
        .atMost(Duration.ofSeconds(60))
        .until(() -> requests("acme") == EVENTS && requests("initech") == FEW);
  }

  private static int requests(String tenant) {
    return platform
        .clientOf(tenant)
        .get("/v1/quotas/usage?window=lifetime")
        .mustBe(200)
        .json()
        .at("/items/0/usage/requests")
        .asInt();
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  @Test
  void aReportTellsWhatWouldHaveBeenRefusedAndChangesNothing() {
    JsonNode report = client.post(SIMULATE + "?limit=2", HALF).mustBe(200).json();
    assertThat(report.get("examined").asInt()).isEqualTo(EVENTS);
    assertThat(report.get("refused").asInt()).isEqualTo(EVENTS - 3000);
    assertThat(report.at("/saved/requests").asInt()).isEqualTo(EVENTS - 3000);
    assertThat(report.at("/used/cost/currency").asText()).isEqualTo("USD");
    assertThat(report.get("calls")).hasSize(2);
    assertThat(report.at("/calls/0/subject/user").asText()).startsWith("user-");
    assertThat(report.at("/calls/0/refusedBy/0/remaining").asInt()).isZero();
    assertThat(report.at("/calls/0/refusedBy/0/resetAt").asText())
        .isEqualTo("2026-10-06T00:00:00Z");
    assertThat(report.at("/quotas/0/scope/type").asText()).isEqualTo("tenant");
    assertThat(client.get("/v1/quotas").mustBe(200).json().get("items")).isEmpty();
    assertThat(platform.clientOf("globex").post(SIMULATE, HALF).mustBe(200).json().get("examined"))
        .hasToString("0");
  }

  @Test
  void theTenantsGrantsCountOnTheSameLimits() {
    PlatformClient tenant = platform.clientOf("initech");
    String quotas = "{\"items\":[{\"dimension\":\"requests\",\"window\":\"day\",\"limit\":9000}]}";
    String grants =
        "/v1/quotas/%s/grants"
            .formatted(
                tenant
                    .with("If-Match", tenant.get("/v1/quotas").mustBe(200).header("ETag"))
                    .put("/v1/quotas", quotas)
                    .mustBe(200)
                    .json()
                    .at("/items/0/id")
                    .asText());
    String grant =
        grants
            + "/"
            + tenant
                .post(
                    grants,
                    "{\"amount\":50,\"validFrom\":\"2026-10-05T00:00:00Z\",\"rollover\":true}")
                .mustBe(201)
                .json()
                .get("id")
                .asText();
    String hundred =
        "{"
            + PERIOD
            + ",\"items\":[{\"dimension\":\"requests\",\"window\":\"day\",\"limit\":100}]}";
    JsonNode report = tenant.post(SIMULATE, hundred).mustBe(200).json();
    assertThat(report.get("refused").asInt()).isEqualTo(FEW - 150);
    assertThat(report.at("/quotas/0/limit").asInt()).isEqualTo(100);
    assertThat(report.at("/calls/0/refusedBy/0/granted").asInt()).isEqualTo(50);
    assertThat(report.at("/calls/0/refusedBy/0/remaining").asInt()).isZero();
    assertThat(tenant.get(grant).mustBe(200).json().get("used").asInt()).isZero();
    // Of another window it is another limit.
    String hourly = hundred.replace("day", "hour");
    assertThat(tenant.post(SIMULATE, hourly).mustBe(200).json().get("refused").asInt())
        .isEqualTo(FEW - 100);
    tenant.delete(grant).mustBe(204);
    report = tenant.post(SIMULATE, hundred).mustBe(200).json();
    assertThat(report.get("refused").asInt()).isEqualTo(FEW - 100);
    assertThat(report.at("/calls/0/refusedBy/0/granted").asInt()).isZero();
  }

  @Test
  void aStreamTellsHowFarItIsAndThenTheSameReport() throws IOException {
    Answer answer = client.with("Accept", "application/x-ndjson").post(SIMULATE, HALF).mustBe(200);
    assertThat(answer.header("Content-Type")).startsWith("application/x-ndjson");
    String[] lines = answer.body().split("\n");
    assertThat(lines).hasSize(2);
    ObjectMapper json = new ObjectMapper();
    assertThat(json.readTree(lines[0]).at("/progress/read").asInt()).isEqualTo(5000);
    assertThat(json.readTree(lines[0]).at("/progress/total").asInt()).isEqualTo(EVENTS);
    assertThat(json.readTree(lines[0]).at("/progress/refused").asInt()).isEqualTo(2000);
    assertThat(json.readTree(lines[1]).get("result"))
        .isEqualTo(client.post(SIMULATE, HALF).mustBe(200).json());
  }

  @Test
  void aDraftIsCheckedAsLimitsAre() {
    Answer refused =
        client
            .post(
                SIMULATE,
                """
                {"to":"+12000-01-01T00:00:00Z","items":[
                  {"dimension":"x","window":"day","limit":1},
                  {"dimension":"requests","window":"day","limit":1},
                  {"dimension":"requests","window":"day","limit":2},null]}""")
            .mustBe(422);
    assertThat(refused.fields())
        .containsExactly("from", "items[0].dimension", "items[2]", "items[3]", "to");
    for (String streamed : List.of("application/json", "application/x-ndjson")) {
      PlatformClient asking = client.with("Accept", streamed);
      assertThat(asking.post(SIMULATE, "{" + PERIOD + "}").mustBe(422).fields())
          .containsExactly("items");
      String reversed =
          "{\"items\":[],\"from\":\"2026-10-05T00:00:00Z\",\"to\":\"2026-10-05T00:00:00Z\"}";
      assertThat(asking.post(SIMULATE, reversed).mustBe(422).fields()).containsExactly("to");
      String tooLong = reversed.replace("\"to\":\"2026-10-05", "\"to\":\"2028-10-05");
      assertThat(asking.post(SIMULATE, tooLong).mustBe(422).fields()).containsExactly("to");
      assertThat(asking.post(SIMULATE + "?limit=0", HALF).mustBe(422).fields())
          .containsExactly("limit");
      assertThat(asking.post(SIMULATE, "null").mustBe(422).fields()).containsExactly("items");
    }
  }
}
