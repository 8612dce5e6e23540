package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.platformapi.service.testing.Amounts;
import io.platformapi.service.testing.DeadLetters;
import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.Recordings;
import io.platformapi.service.testing.TopicWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a real LiteLLM 1.102.4 posted gives exactly the recorded totals, however it arrives: the
 * sums are read over HTTP, as a user reads them.
 */
class RecordedTrafficTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> TENANTS = List.of("acme", "globex", "initech");
  private static final int EVENTS_PER_POST = 50;

  @ParameterizedTest(name = "{1} through {0}")
  @CsvSource({
    "ARRAY, ONCE",
    "ARRAY, TWICE",
    "ARRAY, SHUFFLED",
    "ARRAY, EACH_REPEATED",
    "NDJSON, ONCE",
    "NDJSON, EACH_REPEATED",
    "SINGLE, ONCE",
    "TOPIC, ONCE",
    "TOPIC, TWICE",
    "TOPIC, SHUFFLED",
    "TOPIC, EACH_REPEATED"
  })
  void theLedgerHoldsTheRecordedTotals(Way way, Order order) throws Exception {
    List<String> events = order.of(Recordings.usageEvents());
    try (PlatformUnderTest platform = PlatformUnderTest.start();
        DeadLetters deadLetters = new DeadLetters(platform.settings().deadTopic())) {
      TENANTS.forEach(platform::createTenant);

      way.send(platform, events);

      JsonNode totals = Recordings.totals();
      int withoutTeam = totals.at("/byTeam/None/events").asInt();
      int copies = events.size() / Recordings.usageEvents().size();
      await("all recorded calls to be in the ledgers")
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () -> assertThat(usage(platform, "team")).isEqualTo(expected(totals, "byTeam")));
      assertThat(usage(platform, "model")).isEqualTo(expected(totals, "byTeamAndModelGroup"));
      assertThat(usage(platform, "api_key")).isEqualTo(expected(totals, "byTeamAndKeyAlias"));
      assertThat(deadLetters.awaitAtLeast(withoutTeam * copies))
          .hasSize(withoutTeam * copies)
          .allSatisfy(letter -> assertThat(letter.header("reason")).isEqualTo("unknown_tenant"));
    }
  }

  /** Usage per {@code team_<tenant>} or {@code team_<tenant>/<label>}, as the API tells it. */
  private static Map<String, Amounts> usage(PlatformUnderTest platform, String scope) {
    Map<String, Amounts> usage = new TreeMap<>();
    for (String tenant : TENANTS) {
      String path = "/v1/quotas/usage?window=lifetime&limit=200&scope=" + scope;
      JsonNode page = platform.client().forTenant(tenant).get(path).mustBe(200).json();
      assertThat(page.get("nextCursor").isNull()).isTrue();
      for (JsonNode item : page.get("items")) {
        String label = item.at("/scope/label").asText(item.at("/scope/id").asText());
        String name =
            scope.equals("team") ? item.at("/scope/id").asText() : "team_" + tenant + "/" + label;
        usage.put(name, Amounts.of(item.get("usage")));
      }
    }
    return usage;
  }

  private static Map<String, Amounts> expected(JsonNode totals, String group) {
    Map<String, Amounts> expected = new TreeMap<>();
    totals
        .get(group)
        .properties()
        .forEach(
            entry -> {
              JsonNode sums = entry.getValue();
              if (entry.getKey().startsWith("None")) {
                return;
              }
              long input = sums.get("promptTokensWithoutCacheHits").longValue();
              long output = sums.get("completionTokensWithoutCacheHits").longValue();
              long cached = sums.get("cacheHits").longValue();
              expected.put(
                  entry.getKey(),
                  new Amounts(
                      input,
                      output,
                      sums.get("promptTokens").longValue() - input,
                      sums.get("completionTokens").longValue() - output,
                      sums.get("success").longValue() - cached,
                      sums.get("failure").longValue(),
                      cached,
                      sums.get("costNanos").longValue()));
            });
    return expected;
  }

  /** In which order, and how often, the events come. */
  enum Order {
    ONCE,
    TWICE,
    SHUFFLED,
    EACH_REPEATED;

    List<String> of(List<String> events) {
      List<String> ordered = new ArrayList<>();
      switch (this) {
        case ONCE, SHUFFLED -> ordered.addAll(events);
        case TWICE -> {
          ordered.addAll(events);
          ordered.addAll(events);
        }
        case EACH_REPEATED -> events.forEach(event -> ordered.addAll(List.of(event, event)));
      }
      if (this == SHUFFLED) {
        Collections.shuffle(ordered, new Random(20261123));
      }
      return ordered;
    }
  }

  /** The ways that events come in. */
  enum Way {
    ARRAY {
      @Override
      void send(PlatformUnderTest platform, List<String> events) {
        inPosts(platform, events, "[", ",", "]");
      }
    },
    NDJSON {
      @Override
      void send(PlatformUnderTest platform, List<String> events) {
        inPosts(platform, events, "", "\n", "\n");
      }
    },
    SINGLE {
      @Override
      void send(PlatformUnderTest platform, List<String> events) {
        events.forEach(event -> post(platform, event));
      }
    },
    TOPIC {
      @Override
      void send(PlatformUnderTest platform, List<String> events) throws Exception {
        try (TopicWriter topic = new TopicWriter(platform.settings().usageTopic())) {
          for (String event : events) {
            JsonNode payload = JSON.readTree(event);
            ObjectNode envelope = JSON.createObjectNode();
            envelope.put("eventId", payload.get("litellm_call_id").asText());
            envelope.put("type", "usage.recorded");
            envelope.put("occurredAt", "2026-11-23T09:30:00Z");
            envelope.putNull("tenantId");
            envelope.put("platformId", "default");
            envelope.put("correlationId", "recorded");
            envelope.put("actor", "litellm");
            // The event's own characters: numbers must reach the service as LiteLLM wrote them.
            String text = envelope.toString();
            topic.send(
                null,
                (text.substring(0, text.length() - 1) + ",\"payload\":" + event + "}")
                    .getBytes(StandardCharsets.UTF_8));
          }
        }
      }
    };

    abstract void send(PlatformUnderTest platform, List<String> events) throws Exception;

    static void inPosts(
        PlatformUnderTest platform, List<String> events, String open, String comma, String close) {
      for (int from = 0; from < events.size(); from += EVENTS_PER_POST) {
        int to = Math.min(events.size(), from + EVENTS_PER_POST);
        post(platform, open + String.join(comma, events.subList(from, to)) + close);
      }
    }

    static void post(PlatformUnderTest platform, String body) {
      platform
          .client()
          .with("Authorization", "Bearer " + PlatformSettings.INGEST_TOKEN)
          .post("/v1/ingest/litellm", body.getBytes(StandardCharsets.UTF_8))
          .mustBe(202);
    }
  }
}
