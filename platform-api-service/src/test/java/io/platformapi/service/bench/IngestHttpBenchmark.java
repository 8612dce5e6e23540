package io.platformapi.service.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.Recordings;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Recorded bodies of LiteLLM through the endpoint to Kafka's acknowledgement, in MB/s on one
 * connection, against a bare Jackson streaming parse of the same bytes.
 */
final class IngestHttpBenchmark implements Benchmark {
  private static final int ROUNDS = 7;
  private static final int WARM_UP = 150;
  private static final int POSTS = 100;
  private static final int FULL_POSTS = 60;
  private static final int FULL_BATCH = 512;
  private static final double MEGABYTE = 1e6;

  private final JsonFactory json = new JsonFactory();

  @Override
  public String name() {
    return "ingest-http";
  }

  @Override
  public BenchResult run(Progress progress) throws Exception {
    byte[] body = Recordings.body("post-array.json");
    try (PlatformUnderTest platform = BenchPlatform.start(PlatformSettings.create())) {
      List.of("acme", "globex", "initech").forEach(platform::createTenant);
      HttpLoad load = load(platform, body);
      load.run(1, WARM_UP);
      parse(body, WARM_UP);
      double[] ours = new double[ROUNDS];
      double[] base = new double[ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        base[round] = parse(body, POSTS);
        ours[round] = load.run(1, POSTS).perSecond() * body.length / MEGABYTE;
        progress.say(
            String.format(
                Locale.ROOT, "round %d: %.1f MB/s against %.1f", round, ours[round], base[round]));
      }
      byte[] full = fullBatch();
      HttpLoad fullLoad = load(platform, full);
      fullLoad.run(1, FULL_POSTS / 3);
      HttpLoad.Run run = fullLoad.run(1, FULL_POSTS);
      return BenchResult.ofRounds(
          name(),
          ours,
          base,
          "MB/s",
          List.of(
              String.format(
                  Locale.ROOT,
                  "body of %d events, %.1f MB: p50 %.1f ms, p99 %.1f ms",
                  FULL_BATCH,
                  full.length / MEGABYTE,
                  run.p50(),
                  run.p99())));
    }
  }

  private static HttpLoad load(PlatformUnderTest platform, byte[] body) {
    return new HttpLoad(
        platform.url(),
        "POST",
        "/v1/ingest/litellm",
        Map.of(
            "Authorization",
            "Bearer " + PlatformSettings.INGEST_TOKEN,
            "Content-Type",
            "application/json"),
        body,
        202);
  }

  private double parse(byte[] body, int times) throws IOException {
    long start = System.nanoTime();
    for (int i = 0; i < times; i++) {
      try (JsonParser parser = json.createParser(body)) {
        while (parser.nextToken() != null) {
          // Every token is read and nothing is made of it.
        }
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    return (double) times * body.length / MEGABYTE / seconds;
  }

  /** As many recorded events as one post of LiteLLM holds at most. */
  private static byte[] fullBatch() throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    List<String> events = Recordings.usageEvents();
    ArrayNode batch = mapper.createArrayNode();
    for (int i = 0; i < FULL_BATCH; i++) {
      JsonNode event = mapper.readTree(events.get(i % events.size()));
      batch.add(event);
    }
    return mapper.writeValueAsBytes(batch);
  }
}
