package io.platformapi.service.task;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.local.LocalPorts;
import io.platformapi.service.testing.DeadLetters;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.TenantSql;
import io.platformapi.service.testing.TopicWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeadLetterTasksTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String LIST = "/tasks/dead-letters";
  private static final String REPLAY = "/tasks/dead-letters-replay";
  private static final String SECRET = "what-was-asked";

  private static PlatformUnderTest platform;
  private static PlatformClient operator;
  private static TenantSql sql;

  /** New dead letters for each that looks at all of them. */
  @BeforeEach
  void start(TestInfo test) throws Exception {
    if (platform == null || test.getTags().contains("own-topics")) {
      stop();
      platform = PlatformUnderTest.start();
      operator = platform.operator();
      sql = new TenantSql(platform.settings());
    }
  }

  @AfterAll
  static void stop() {
    if (platform != null) {
      platform.close();
    }
  }

  @Test
  @Tag("own-topics")
  void lettersAreListedPageByPageWithoutWhatTheySay() {
    send(call("a"), call("b"), "{\"broken\": \"" + SECRET + "\"");
    List<JsonNode> all = awaitLetters("", 3);

    assertThat(all).extracting(l -> l.get("reason").asText()).contains("malformed_json");
    assertThat(all).filteredOn(l -> l.get("reason").asText().equals("unknown_tenant")).hasSize(2);
    assertThat(all)
        .allSatisfy(
            letter -> {
              assertThat(letter.get("sourceTopic").asText())
                  .isEqualTo(platform.settings().usageTopic());
              assertThat(letter.get("sourceOffset").isIntegralNumber()).isTrue();
              assertThat(letter.get("deadAt").asText()).startsWith("20");
            });
    assertThat(all.stream().map(l -> l.get("bytes").asInt()))
        .containsExactlyInAnyOrder(
            call("a").getBytes(UTF_8).length, call("b").getBytes(UTF_8).length, 27);
    List<String> walked = new ArrayList<>();
    String from = "";
    while (from != null) {
      Answer page = operator.post(LIST + "?limit=1" + from, "").mustBe(200);
      assertThat(page.body()).doesNotContain(SECRET).doesNotContain("team_late");
      assertThat(page.json().get("items").size()).isLessThanOrEqualTo(1);
      page.json().get("items").forEach(item -> walked.add(item.get("letter").asText()));
      JsonNode next = page.json().get("next");
      from = next.isNull() ? null : "&from=" + next.asText();
    }
    assertThat(walked).containsExactlyElementsOf(all.stream().map(this::position).toList());
    assertThat(letters("?reason=malformed_json")).hasSize(1);
    assertThat(letters("?reason=invalid_status")).isEmpty();
    assertThat(letters("?until=2020-01-01T00:00:00Z")).isEmpty();
  }

  @Test
  @Tag("own-topics")
  void allOfAReasonGoBackByteForByteAndCountOnceHoweverOften() {
    List<String> calls = IntStream.range(0, 5).mapToObj(i -> call("call-" + i)).toList();
    send(calls.toArray(String[]::new));
    send("not json");
    awaitLetters("?reason=unknown_tenant", 5);
    createTenant();

    Answer replay = operator.post(REPLAY + "?reason=unknown_tenant&by=ann", "").mustBe(200);
    assertThat(replay.json().at("/outcomes")).hasToString("{\"replayed\":5}");
    assertThat(replay.json().get("next").isNull()).isTrue();
    await("the calls are in the book").atMost(PATIENCE).until(() -> posted() == 5);

    operator.post(REPLAY + "?reason=unknown_tenant&by=ann", "").mustBe(200);
    await("they are there already")
        .atMost(PATIENCE)
        .until(() -> metrics().contains("platform_ingest_events_total{outcome=\"duplicate\"} 5"));
    assertThat(posted()).isEqualTo(5);
    try (DeadLetters topic = new DeadLetters(platform.settings().usageTopic())) {
      List<DeadLetters.Letter> back = new ArrayList<>();
      await("what went back")
          .atMost(PATIENCE)
          .until(
              () -> {
                back.clear();
                topic.all().stream()
                    .filter(record -> record.header("replayed-from") != null)
                    .forEach(back::add);
                return back.size() == 10;
              });
      assertThat(back.stream().map(l -> new String(l.value(), UTF_8)).distinct())
          .containsExactlyInAnyOrderElementsOf(calls);
      assertThat(back)
          .allSatisfy(
              record -> {
                assertThat(record.header("reason")).isNull();
                assertThat(record.header("source-topic")).isNull();
              });
    }
    assertThat(
            sql.admin(
                """
                SELECT actor || ' ' || jsonb_array_length(details->'letters')
                FROM audit_events WHERE action = 'dead_letters.replayed'
                  AND details->>'reason' = 'unknown_tenant' AND request_id = '%s'"""
                    .formatted(replay.header("X-Request-Id"))))
        .containsExactly("operator:ann 5");
  }

  @Test
  @Tag("own-topics")
  void aReplayTakesNoMoreThanItsLimitAndNeverALetterThatDiedSinceItBegan() {
    send("broken 1", "broken 2", "broken 3");
    awaitLetters("", 3);
    JsonNode first =
        operator.post(REPLAY + "?reason=malformed_json&limit=2&by=ann", "").mustBe(200).json();
    assertThat(first.at("/outcomes/replayed").asInt()).isEqualTo(2);
    awaitLetters("", 5);

    JsonNode second =
        operator
            .post(
                REPLAY
                    + "?reason=malformed_json&by=ann&from="
                    + first.get("next").asText()
                    + "&until="
                    + first.get("until").asText(),
                "")
            .mustBe(200)
            .json();
    assertThat(second.at("/outcomes/replayed").asInt()).isEqualTo(1);
    assertThat(second.get("next").isNull()).isTrue();
    List<JsonNode> all = awaitLetters("", 6);
    assertThat(all).filteredOn(letter -> !letter.get("replayedFrom").isNull()).hasSize(3);
  }

  @Test
  @Tag("own-topics")
  void chosenLettersGoBackAndWhatCannotIsNamed() {
    send(call("chosen"), call("other"));
    List<JsonNode> all = awaitLetters("", 2);
    PlatformClient gateway = platform.client(PlatformSettings.INGEST_TOKEN);
    gateway.post("/v1/ingest/litellm", "{\"cut").mustBe(400);
    List<JsonNode> digests = awaitLetters("?reason=malformed_json", 1);
    String digest = position(digests.get(0));
    assertThat(digests.get(0).get("digest").asBoolean()).isTrue();
    createTenant();
    String chosen = position(all.get(0));
    JsonNode replay =
        operator
            .post(
                REPLAY
                    + "?by=ann&letter=%s&letter=%s&letter=%s&letter=0:999&letter=99:0"
                        .formatted(chosen, chosen, digest),
                "")
            .mustBe(200)
            .json();

    assertThat(replay.at("/outcomes")).hasToString("{\"digest\":1,\"gone\":2,\"replayed\":1}");
    assertThat(replay.get("left").findValuesAsText("letter"))
        .containsExactlyInAnyOrder(digest, "0:999", "99:0");
    await("the chosen call").atMost(PATIENCE).until(() -> posted() == 1);
  }

  @Test
  @Tag("own-topics")
  void whatOnlyClaimsToComeFromAnotherTopicGoesNowhere() {
    send(call("x"));
    awaitLetters("", 1);
    PlatformClient gateway = platform.client(PlatformSettings.INGEST_TOKEN);
    gateway
        .post("/v1/ingest/litellm/alerts", "{\"event\":\"budget_crossed\",\"spend\":1}")
        .mustBe(200);
    List<JsonNode> all = awaitLetters("", 2);
    JsonNode alert =
        all.stream().filter(l -> l.get("sourceTopic").asText().equals("http")).findFirst().get();
    JsonNode replay =
        operator.post(REPLAY + "?by=ann&letter=" + position(alert), "").mustBe(200).json();
    assertThat(replay.at("/outcomes")).hasToString("{\"no_source\":1}");
    // Nothing went, so nothing is told of it.
    assertThat(sql.admin("SELECT 1 FROM audit_events WHERE action LIKE 'dead_letters%'")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "dead-letters?limit=0, limit",
    "dead-letters?limit=1001, limit",
    "dead-letters?from=x, from",
    "dead-letters?from=1:-1, from",
    "dead-letters?until=yesterday, until",
    "dead-letters?colour=red, colour",
    "dead-letters-replay?reason=oversize, by",
    "dead-letters-replay?by=ann, letter",
    "dead-letters-replay?by=ann&letter=0:0&reason=oversize, letter",
    "dead-letters-replay?by=ann&letter=0:0&limit=3, limit",
    "dead-letters-replay?by=ann&letter=nonsense, letter",
    "dead-letters-replay?by=a%20b&letter=0:0, by",
    "dead-letters-replay?by=ann&by=bob&letter=0:0, by",
  })
  void wrongParametersAreNamed(String path, String field) {
    Answer answer = operator.post("/tasks/" + path, "").mustBe(422);
    assertThat(answer.errorCode()).isEqualTo("validation_failed");
    assertThat(answer.fields()).containsExactly(field);
    assertThat(answer.json().at("/error/requestId").asText())
        .isEqualTo(answer.header("X-Request-Id"));
  }

  @Test
  void tasksAreNotOnThePortOfTheApi() {
    assertThat(platform.client().post(LIST, "").status()).isEqualTo(404);
    assertThat(operator.get(LIST).status()).isEqualTo(405);
  }

  @Test
  void withoutKafkaItIsUnavailable() throws Exception {
    PlatformSettings lonely =
        platform.settings().with("KAFKA_BROKERS", "localhost:" + LocalPorts.free());
    try (PlatformUnderTest node = PlatformUnderTest.start(lonely)) {
      for (String path : List.of(LIST, REPLAY + "?by=ann&reason=oversize")) {
        Answer answer = node.operator().post(path, "").mustBe(503);
        assertThat(answer.errorCode()).isEqualTo("unavailable");
      }
    }
  }

  private void send(String... events) {
    try (TopicWriter topic = new TopicWriter(platform.settings().usageTopic())) {
      for (String event : events) {
        topic.send(null, event.getBytes(UTF_8));
      }
    }
  }

  private void createTenant() {
    platform.createTenant("late");
    // Ingestion may have looked for the team a moment ago.
    await("the team is known").atMost(PATIENCE).until(() -> !sql.databaseOf("late").isEmpty());
  }

  private long posted() {
    return Long.parseLong(sql.tenant("late", "SELECT count(*) FROM usage_events").get(0));
  }

  private String metrics() {
    return operator.get("/metrics").mustBe(200).body();
  }

  private List<JsonNode> letters(String query) {
    List<JsonNode> items = new ArrayList<>();
    operator.post(LIST + query, "").mustBe(200).json().get("items").forEach(items::add);
    return items;
  }

  private List<JsonNode> awaitLetters(String query, int count) {
    return await("dead letters")
        .atMost(PATIENCE)
        .until(() -> letters(query), found -> found.size() == count);
  }

  private String position(JsonNode letter) {
    return letter.get("letter").asText();
  }

  private static String call(String id) {
    return """
        {"litellm_call_id":"%s","id":"%s","status":"success","startTime":1795426212.5,
        "messages":"what-was-asked","metadata":{"user_api_key_team_id":"team_late"}}"""
        .formatted(id, id);
  }
}
