package io.platformapi.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.platformapi.service.testing.Amounts;
import io.platformapi.service.testing.DeadLetters;
import io.platformapi.service.testing.DeadLetters.Letter;
import io.platformapi.service.testing.GatewayPost;
import io.platformapi.service.testing.GeneratedTraffic;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.TopicWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IngestApiTest {
  private static final String PATH = "/v1/ingest/litellm";
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private static PlatformUnderTest platform;
  private static PlatformClient gateway;
  private static DeadLetters deadLetters;
  private static Amounts sent = Amounts.NONE;
  private static long seed;

  @BeforeAll
  static void start() throws Exception {
    platform = PlatformUnderTest.start();
    platform.createTenant("acme");
    gateway = platform.client(PlatformSettings.INGEST_TOKEN);
    deadLetters = new DeadLetters(platform.settings().deadTopic());
  }

  @AfterAll
  static void stop() {
    deadLetters.close();
    platform.close();
  }

  @ParameterizedTest
  @CsvSource({
    "array, application/json",
    "ndjson, application/json",
    "ndjson, application/x-ndjson",
    "crlf, application/x-ndjson",
    "single, application/json",
    "pretty, application/json",
    "spaced, application/json; charset=utf-8"
  })
  void everyShapeOfABodyIsTaken(String shape, String contentType) {
    List<String> payloads = payloads(shape.equals("single") ? 1 : 5);
    String body =
        switch (shape) {
          case "array" -> "[" + String.join(",", payloads) + "]";
          case "ndjson" -> String.join("\n", payloads);
          case "crlf" -> String.join("\r\n\r\n", payloads) + "\r\n";
          case "single" -> payloads.get(0);
          case "pretty" ->
              payloads.stream()
                  .map(IngestApiTest::pretty)
                  .collect(Collectors.joining(",", "[", "]"));
          case "spaced" -> " \n\t[ " + String.join(" ,\n ", payloads) + " ] \n";
          default -> throw new IllegalArgumentException(shape);
        };
    Answer answer = gateway.send("POST", PATH, contentType, body).mustBe(202);
    assertCounts(answer.json(), payloads.size(), payloads.size(), 0);
    posted();
  }

  @Test
  void anEmptyArrayHoldsNothing() {
    assertCounts(gateway.post(PATH, "[]".getBytes(UTF_8)).mustBe(202).json(), 0, 0, 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n\n"})
  void anEmptyBodyIsNotJson(String body) {
    gateway.send("POST", PATH, "application/json", body).mustBe(400);
  }

  @Test
  void whatCanBeReadOfABrokenBodyIsTakenAndTheRestIsADeadLetter() {
    int before = deadLetters.all().size();
    List<String> payloads = payloads(3);
    String body = String.join("\n", payloads) + "\n{\"litellm_call_id\": \"secret prompt";
    Answer answer = gateway.post(PATH, body.getBytes(UTF_8)).mustBe(400);
    assertThat(answer.errorCode()).isEqualTo("malformed_request");
    JsonNode details = answer.json().at("/error/details");
    assertThat(details.get("accepted").asInt()).isEqualTo(3);
    assertThat(details.get("malformed").asInt()).isEqualTo(1);
    posted();
    await("the dead letter").until(() -> deadLetters.all().size() > before);
    Letter letter = deadLetters.all().get(before);
    assertThat(letter.header("reason")).isEqualTo("malformed_json");
    assertThat(letter.header("source-topic")).isEqualTo("http");
    assertThat(new String(letter.value(), UTF_8)).contains("sha256").doesNotContain("prompt");
  }

  @Test
  void aBodyAboveTheLimitIsRefused() {
    byte[] body = new byte[16 * 1024 * 1024 + 1];
    Arrays.fill(body, (byte) ' ');
    Answer refused = gateway.post(PATH, body).mustBe(413);
    assertThat(refused.errorCode()).isEqualTo("payload_too_large");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"text/csv", "text/plain", "application/xml", "multipart/form-data", "nonsense"})
  void anotherKindOfBodyIsRefused(String contentType) {
    Answer refused = gateway.send("POST", PATH, contentType, "[]");
    assertThat(refused.status()).isIn(400, 415);
    assertThat(refused.errorCode()).isIn("unsupported_media_type", "malformed_request");
  }

  @Test
  void onlyTheGatewaysSecretIsTaken() {
    for (PlatformClient client :
        List.of(platform.anybody(), platform.client("wrong"), platform.client())) {
      Answer refused = client.post(PATH, "[]".getBytes(UTF_8)).mustBe(401);
      assertThat(refused.errorCode()).isEqualTo("unauthenticated");
      assertThat(refused.header("WWW-Authenticate")).startsWith("Bearer");
    }
  }

  @Test
  void aTeamNobodyRegisteredIsCountedAndADeadLetter() {
    int before = deadLetters.all().size();
    String payload = GatewayPost.payload(generate("nobody", 1).get(0));
    JsonNode counts = gateway.post(PATH, payload.getBytes(UTF_8)).mustBe(202).json();
    assertThat(counts.get("unresolved").asInt()).isEqualTo(1);
    await("the dead letter").until(() -> deadLetters.all().size() > before);
    assertThat(deadLetters.all().get(before).header("reason")).isEqualTo("unknown_tenant");
  }

  @Test
  void whatCannotBePostedIsADeadLetterWithItsReasonAndItsBytes() {
    Map<String, String> wrong = new LinkedHashMap<>();
    wrong.put("malformed_json", "{\"type\":\"usage.recorded\",");
    wrong.put("not_an_object", "[1]");
    wrong.put("unknown_type", changed(event -> event.put("type", "tenant.created")));
    wrong.put("missing_field", payload(payload -> payload.remove("callId")));
    wrong.put("wrong_type", payload(payload -> payload.put("inputTokens", "many")));
    wrong.put("invalid_status", payload(payload -> payload.put("status", "perhaps")));
    wrong.put("negative_amount", payload(payload -> payload.put("outputTokens", -1)));
    wrong.put("absurd_amount", payload(payload -> payload.put("cost", "1e300")));
    wrong.put("invalid_time", payload(payload -> payload.put("startTime", "soon")));
    wrong.put("unknown_tenant", tenant("nobody"));
    wrong.put("oversize", payload(payload -> payload.put("model", "x".repeat(1_500_000))));
    int before = deadLetters.now().size();
    try (TopicWriter topic = new TopicWriter(platform.settings().usageTopic())) {
      wrong.values().forEach(value -> topic.send("acme", value.getBytes(UTF_8)));
      GeneratedTraffic.Event good = events(1).get(0);
      topic.send("acme", good.value());
    }
    posted();
    List<Letter> letters =
        deadLetters.awaitAtLeast(before + wrong.size()).stream()
            .filter(
                letter -> platform.settings().usageTopic().equals(letter.header("source-topic")))
            .toList();
    for (Map.Entry<String, String> each : wrong.entrySet()) {
      Letter letter =
          letters.stream()
              .filter(candidate -> each.getKey().equals(candidate.header("reason")))
              .findFirst()
              .orElseThrow(() -> new AssertionError("no dead letter says " + each.getKey()));
      assertThat(new String(letter.value(), UTF_8)).as(each.getKey()).isEqualTo(each.getValue());
      assertThat(new String(letter.key(), UTF_8)).isEqualTo("acme");
      assertThat(letter.header("source-partition")).matches("[0-9]+");
      assertThat(letter.header("source-offset")).matches("[0-9]+");
      assertThat(Instant.parse(letter.header("failed-at"))).isBefore(Instant.now().plusSeconds(1));
    }
    assertThat(letters.stream().map(Letter::source)).doesNotHaveDuplicates();
  }

  @Test
  void aNulInANameIsCleanedAndTheCallCounts() {
    GeneratedTraffic.Event event = events(1).get(0);
    String value =
        new String(event.value(), UTF_8).replaceFirst("customer-[0-9]+", "nul\\\\u0000here");
    assertThat(value).contains("nul\\u0000here");
    try (TopicWriter topic = new TopicWriter(platform.settings().usageTopic())) {
      topic.send("acme", value.getBytes(UTF_8));
    }
    posted();
    assertThat(
            platform
                .clientOf("acme")
                .get("/v1/quotas/usage?window=lifetime&scope=end_user&limit=200")
                .mustBe(200)
                .body())
        .contains("nul\uFFFDhere");
  }

  private static void posted() {
    await("all calls to be in the ledger")
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(
                        Amounts.of(
                            platform
                                .clientOf("acme")
                                .get("/v1/quotas/usage?window=lifetime")
                                .mustBe(200)
                                .json()
                                .at("/items/0/usage")))
                    .isEqualTo(sent));
  }

  private static void assertCounts(JsonNode counts, int received, int accepted, int malformed) {
    assertThat(counts.get("received").asInt()).isEqualTo(received);
    assertThat(counts.get("accepted").asInt()).isEqualTo(accepted);
    assertThat(counts.get("malformed").asInt()).isEqualTo(malformed);
  }

  /** New calls of acme, which the ledger must gain. */
  private static List<GeneratedTraffic.Event> events(int count) {
    List<GeneratedTraffic.Event> events = generate("acme", count);
    events.forEach(event -> sent = sent.plus(event.amounts()));
    return events;
  }

  private static List<GeneratedTraffic.Event> generate(String tenant, int count) {
    List<GeneratedTraffic.Event> events = new ArrayList<>();
    new GeneratedTraffic(++seed, count, List.of(tenant), Instant.parse("2026-11-23T10:00:00Z"))
        .forEach(events::add);
    return events;
  }

  private static List<String> payloads(int count) {
    return events(count).stream().map(GatewayPost::payload).toList();
  }

  private static String tenant(String name) {
    return new String(generate(name, 1).get(0).value(), UTF_8);
  }

  private static String changed(Consumer<ObjectNode> change) {
    try {
      ObjectNode event = (ObjectNode) JSON.readTree(tenant("acme"));
      change.accept(event);
      return event.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String payload(Consumer<ObjectNode> change) {
    return changed(event -> change.accept((ObjectNode) event.get("payload")));
  }

  private static String pretty(String json) {
    try {
      return JSON.readTree(json).toPrettyString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
