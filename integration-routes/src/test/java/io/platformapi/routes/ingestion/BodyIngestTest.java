package io.platformapi.routes.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.routes.RoutesConfig;
import io.platformapi.routes.message.CallOwner;
import io.platformapi.routes.port.StoreUnavailableException;
import io.platformapi.routes.port.TenantDirectory;
import io.platformapi.routes.support.EventPublisher;
import io.platformapi.routes.support.RouteMeters;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyIngestTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ONE =
      "{\"litellm_call_id\":\"c\",\"id\":\"i\",\"messages\":[{\"content\":\"secret prompt\"}],"
          + "\"metadata\":{\"user_api_key_team_id\":\"team_acme\"}}";

  private final List<EventPublisher.Event> published = new ArrayList<>();
  private int awaited;
  private boolean directoryDown;
  private final BodyIngest ingest = ingest();

  @Test
  void allFormatsOfTheSameEventsGiveTheSameEvents() throws Exception {
    IngestResult array = post(Recordings.body("post-array.json"));
    List<String> fromArray = take();
    IngestResult lines = post(Recordings.body("post-ndjson.ndjson"));
    List<String> fromLines = take();

    assertThat(array.received()).isEqualTo(lines.received()).isGreaterThan(30);
    assertThat(array.accepted() + array.unresolved()).isEqualTo(array.received());
    assertThat(fromArray).isEqualTo(fromLines);
    assertThat(post(Recordings.body("post-single.json")).accepted()).isEqualTo(1);
  }

  @Test
  void theBodyMayComeInAnyPortions() throws Exception {
    Random random = new Random(7);
    for (String name : List.of("post-array.json", "post-ndjson.ndjson", "post-single.json")) {
      byte[] body = Recordings.body(name);
      post(body);
      List<String> whole = take();
      InputStream portions = InputStream.nullInputStream();
      for (int from = 0; from < body.length; ) {
        int to = Math.min(body.length, from + 1 + random.nextInt(30_000));
        portions =
            new SequenceInputStream(
                portions, new ByteArrayInputStream(Arrays.copyOfRange(body, from, to)));
        from = to;
      }
      ingest.ingest(portions, "r");
      assertThat(take()).isEqualTo(whole);
    }
  }

  @Test
  void noPromptLeavesTheBody() throws Exception {
    post(ONE);

    assertThat(new String(published.get(0).value(), StandardCharsets.UTF_8))
        .doesNotContain("secret");
  }

  @Test
  void anEventIsKeyedByItsTenantAndNamesTheRequest() throws Exception {
    post(ONE);
    JsonNode envelope = JSON.readTree(published.get(0).value());

    assertThat(published.get(0).topic()).isEqualTo("usage");
    assertThat(published.get(0).key()).isEqualTo("acme".getBytes(StandardCharsets.UTF_8));
    assertThat(envelope.path("tenantId").asText()).isEqualTo("acme");
    assertThat(envelope.path("type").asText()).isEqualTo("usage.recorded");
    assertThat(envelope.path("correlationId").asText()).isEqualTo("r");
    assertThat(awaited).isEqualTo(1);
  }

  @Test
  void anEventOfNobodyIsPublishedWithoutTenant() throws Exception {
    IngestResult result = post(ONE.replace("team_acme", "stranger"));

    assertThat(result).isEqualTo(new IngestResult(1, 0, 1, 0));
    assertThat(published.get(0).key()).isNull();
    assertThat(JSON.readTree(published.get(0).value()).path("tenantId").isNull()).isTrue();
  }

  @Test
  void whileTheDirectoryIsDownTheConsumerResolves() throws Exception {
    directoryDown = true;

    assertThat(post(ONE)).isEqualTo(new IngestResult(1, 1, 0, 0));
    assertThat(JSON.readTree(published.get(0).value()).path("payload").path("teamId").asText())
        .isEqualTo("team_acme");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%s",
        "[%s]",
        " \n[ %s ] \n",
        "\uFEFF[%s]",
        "\uFEFF%s",
        "%s\n",
        "\r\n%s\r\n\r\n",
        "[%s]\n[]",
      })
  void oneEventInManyShapesIsOneEvent(String shape) throws Exception {
    assertThat(post(shape.formatted(ONE))).isEqualTo(new IngestResult(1, 1, 0, 0));
  }

  @Test
  void aPrettyPrintedObjectIsOneEvent() throws Exception {
    String pretty = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(JSON.readTree(ONE));

    assertThat(post(pretty)).isEqualTo(new IngestResult(1, 1, 0, 0));
    assertThat(post(pretty + "\n" + pretty)).isEqualTo(new IngestResult(2, 2, 0, 0));
  }

  @Test
  void anEmptyArrayIsFineAndAnEmptyBodyIsMalformed() throws Exception {
    assertThat(post("[]")).isEqualTo(new IngestResult(0, 0, 0, 0));
    assertThat(malformed("")).isEqualTo(new IngestResult(0, 0, 0, 0));
    assertThat(malformed(" \n ")).isEqualTo(new IngestResult(0, 0, 0, 0));
    assertThat(published).isEmpty();
  }

  @Test
  void aBrokenLineCostsItselfOnly() throws Exception {
    String broken = "{\"id\": \"secret prompt";

    for (int position = 0; position < 3; position++) {
      published.clear();
      List<String> lines = new ArrayList<>(List.of(ONE, ONE));
      lines.add(position, broken);
      assertThat(malformed(String.join("\n", lines))).isEqualTo(new IngestResult(2, 2, 0, 1));
      assertDigest(broken);
    }
  }

  @Test
  void whatFollowsABreakInAnArrayIsOneDeadPiece() throws Exception {
    String rest = ",{\"id\": nonsense}," + ONE + "]";

    assertThat(malformed("[" + ONE + rest)).isEqualTo(new IngestResult(1, 1, 0, 1));
    assertDigest(rest);
  }

  @Test
  void aCutBodyGivesItsWholeEvents() throws Exception {
    byte[] body = Recordings.body("post-array.json");
    MalformedBodyException e =
        catchThrowableOfType(
            MalformedBodyException.class, () -> post(Arrays.copyOf(body, body.length - 100)));

    assertThat(e.result().malformed()).isEqualTo(1);
    assertThat(e.result().received()).isGreaterThan(29);
  }

  @Test
  void whatIsNoObjectIsADeadPiece() throws Exception {
    assertThat(malformed("[1," + ONE + ",\"x\"]")).isEqualTo(new IngestResult(1, 1, 0, 2));
    assertThat(malformed("nonsense")).isEqualTo(new IngestResult(0, 0, 0, 1));
    assertThat(malformed("1\n" + ONE)).isEqualTo(new IngestResult(1, 1, 0, 1));
  }

  @Test
  void aBodyAboveTheLimitIsRefusedAndWhatWasReadIsPublished() {
    byte[] large =
        (ONE + "\n" + " ".repeat((int) BodyIngest.MAX_BODY_BYTES)).getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> post(large)).isInstanceOf(BodyTooLargeException.class);
    assertThat(published).hasSize(1);
    assertThat(awaited).isEqualTo(1);
  }

  @Test
  void aConnectionThatBreaksLosesNothingOfWhatWasRead() {
    InputStream breaking =
        new SequenceInputStream(
            new ByteArrayInputStream((ONE + "\n").getBytes(StandardCharsets.UTF_8)),
            new InputStream() {
              @Override
              public int read() throws IOException {
                throw new IOException("reset");
              }
            });

    assertThatThrownBy(() -> ingest.ingest(breaking, "r")).isInstanceOf(IOException.class);
    assertThat(published).hasSize(1);
    assertThat(awaited).isEqualTo(1);
  }

  @Test
  void halfASurrogatePairReachesTheTopicUnchanged() throws Exception {
    post(ONE.replace("\"i\"", "\"\\ud83d\""));

    assertThat(new String(published.get(0).value(), StandardCharsets.US_ASCII))
        .containsIgnoringCase("\\ud83d");
  }

  @Test
  void namesThatACallerChoseForTheirHashCostNobodyAnything() throws Exception {
    String names = String.join("\":1,\"", GeneratedJson.namesOfOneHash(2_000));
    String costly =
        ONE.replace("\"metadata\":{", "\"metadata\":{\"requester\":{\"" + names + "\":1},");
    assertThatThrownBy(() -> JSON.readTree(costly.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(StreamConstraintsException.class);

    for (String body : List.of("[" + costly + "," + ONE + "]", costly + "\n" + ONE, costly)) {
      IngestResult result = post(body);
      assertThat(result.accepted()).isEqualTo(result.received()).isPositive();
    }
  }

  private void assertDigest(String piece) throws Exception {
    EventPublisher.Event dead =
        published.stream().filter(event -> event.topic().equals("dead")).findFirst().orElseThrow();
    byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
    JsonNode digest = JSON.readTree(dead.value());
    assertThat(digest.path("length").asInt()).isEqualTo(bytes.length);
    assertThat(digest.path("sha256").asText())
        .isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
    assertThat(dead.headers())
        .anyMatch(
            header ->
                header.key().equals("reason")
                    && new String(header.value(), StandardCharsets.UTF_8).equals("malformed_json"));
  }

  private List<String> take() {
    List<String> payloads =
        published.stream()
            .map(
                event -> {
                  try {
                    return JSON.readTree(event.value()).path("payload").toString();
                  } catch (IOException e) {
                    throw new IllegalStateException(e);
                  }
                })
            .toList();
    published.clear();
    return payloads;
  }

  private IngestResult malformed(String body) {
    return catchThrowableOfType(MalformedBodyException.class, () -> post(body)).result();
  }

  private IngestResult post(String body) throws IOException {
    return post(body.getBytes(StandardCharsets.UTF_8));
  }

  private IngestResult post(byte[] body) throws IOException {
    return ingest.ingest(new ByteArrayInputStream(body), "r");
  }

  private BodyIngest ingest() {
    RoutesConfig config =
        new RoutesConfig(
            "none",
            "usage",
            "retry",
            "dead",
            "platform",
            "group",
            1,
            100,
            "localhost",
            1,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            null);
    EventPublisher publisher = () -> new Recorder();
    TenantDirectory tenants =
        new TenantDirectory() {
          @Override
          public Optional<String> tenantOf(CallOwner owner) {
            if (directoryDown) {
              throw new StoreUnavailableException("down", null);
            }
            return owner.teamId() != null && owner.teamId().startsWith("team_")
                ? Optional.of(owner.teamId().substring("team_".length()))
                : Optional.empty();
          }

          @Override
          public boolean knows(String tenantId) {
            return true;
          }
        };
    RouteMeters meters = new RouteMeters(new SimpleMeterRegistry());
    Clock clock = Clock.systemUTC();
    return new BodyIngest(
        config,
        UsageJson.factory(),
        tenants,
        publisher,
        new PutAside(config, publisher, meters, clock),
        meters,
        clock);
  }

  private final class Recorder implements EventPublisher.Publication {
    @Override
    public void send(EventPublisher.Event event) {
      published.add(event);
    }

    @Override
    public void await() {
      awaited++;
    }
  }
}
