package io.platformapi.service.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.sun.management.OperatingSystemMXBean;
import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.Recordings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Recorded bodies of LiteLLM through the endpoint to Kafka's acknowledgement, in MB/s, against a
 * bare Jackson streaming parse of the same bytes; as many connections as parsing threads. The node
 * consumes nothing meanwhile: what follows the acknowledgement is measured by ingest-ledger.
 */
final class IngestHttpBenchmark implements Benchmark {
  private static final int ROUNDS = 7;
  private static final int CONNECTIONS = 8;
  private static final int POSTS = 150;
  private static final int MAX_WARM_UP_ROUNDS = 60;
  private static final int FULL_POSTS = 200;
  private static final int FULL_BATCH = 512;
  private static final double MEGABYTE = 1e6;

  // Other work on the machine shifts the ratio of the rates; that of the CPU times it hardly does.
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final JsonFactory json = new JsonFactory();

  @Override
  public String name() {
    return "ingest-http";
  }

  @Override
  public BenchResult run(Progress progress) throws Exception {
    byte[] body = Recordings.body("post-array.json");
    try (PlatformUnderTest platform =
        BenchPlatform.start(PlatformSettings.create().with("KAFKA_CONSUMERS", "0"))) {
      List.of("acme", "globex", "initech").forEach(platform::createTenant);
      HttpLoad load = load(platform, body);
      WarmUp.run(
          MAX_WARM_UP_ROUNDS,
          () -> {
            load.run(CONNECTIONS, POSTS);
            parseSideBySide(body, POSTS);
          },
          progress);
      double[] ours = new double[ROUNDS];
      double[] base = new double[ROUNDS];
      double[] cpu = new double[ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        long start = SYSTEM.getProcessCpuTime();
        base[round] = parseSideBySide(body, POSTS);
        long middle = SYSTEM.getProcessCpuTime();
        ours[round] = load.run(CONNECTIONS, POSTS).perSecond() * body.length / MEGABYTE;
        cpu[round] = (double) (middle - start) / (SYSTEM.getProcessCpuTime() - middle);
        progress.say(
            String.format(
                Locale.ROOT, "round %d: %.1f MB/s against %.1f", round, ours[round], base[round]));
      }
      byte[] full = fullBatch();
      HttpLoad fullLoad = load(platform, full);
      fullLoad.run(1, FULL_POSTS / 2);
      HttpLoad.Run run = fullLoad.run(1, FULL_POSTS);
      return BenchResult.ofRounds(
          name(),
          ours,
          base,
          "MB/s",
          List.of(
              CONNECTIONS + " connections, " + CONNECTIONS + " parsing threads",
              String.format(
                  Locale.ROOT,
                  "by CPU time of the process, client and broker included: ratio %.3f",
                  BenchResult.median(cpu)),
              String.format(
                  Locale.ROOT,
                  "on one connection, body of %d events, %.1f MB: p50 %.1f ms, p99 %.1f ms",
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

  private double parseSideBySide(byte[] body, int times) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
    try {
      long start = System.nanoTime();
      for (Future<?> done :
          threads.invokeAll(Collections.nCopies(CONNECTIONS, () -> parse(body, times)))) {
        done.get();
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      return (double) CONNECTIONS * times * body.length / MEGABYTE / seconds;
    } finally {
      threads.shutdownNow();
    }
  }

  private Void parse(byte[] body, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      try (JsonParser parser = json.createParser(body)) {
        while (parser.nextToken() != null) {
          // Every token is read and nothing is made of it.
        }
      }
    }
    return null;
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
