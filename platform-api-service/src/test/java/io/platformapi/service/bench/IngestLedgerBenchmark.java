package io.platformapi.service.bench;

import io.platformapi.service.testing.GeneratedTraffic;
import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.RealServers;
import io.platformapi.service.testing.TopicWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;

/**
 * Compact events a second from Kafka to the committed ledger through the whole service, against the
 * ledger's statements in a bare JDBC loop on as many connections as the service has consumers.
 *
 * <p>Each round has tenants and a topic of its own. The topic is full before the node starts; its
 * beginning and its end, when not every consumer is busy, are not measured.
 */
final class IngestLedgerBenchmark implements Benchmark {
  private static final int WARM_UP_ROUNDS = 1;
  private static final int ROUNDS = 5;
  private static final int EVENTS = 100_000;
  private static final int PARTITIONS = 4;
  private static final int TENANTS_PER_PARTITION = 3;
  private static final int CONSUMERS = 2;
  private static final int POLL = 2_000;

  @Override
  public String name() {
    return "ingest-ledger";
  }

  @Override
  public BenchResult run(Progress progress) throws Exception {
    PlatformSettings settings = PlatformSettings.create();
    for (int round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
      fill(topic(settings, round), round);
    }
    try (PlatformUnderTest platform = BenchPlatform.start(settings)) {
      for (int round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
        ours(round).forEach(platform::createTenant);
        base(round).forEach(platform::createTenant);
      }
    }
    double[] ours = new double[ROUNDS];
    double[] base = new double[ROUNDS];
    for (int i = 0; i < WARM_UP_ROUNDS + ROUNDS; i++) {
      int round = i - WARM_UP_ROUNDS;
      double baseRate = bare(settings, i);
      double ourRate = pipeline(settings, i);
      if (round >= 0) {
        ours[round] = ourRate;
        base[round] = baseRate;
      }
      progress.say(
          String.format(
              Locale.ROOT,
              "%s: %.0f/s against %.0f/s, ratio %.2f",
              round < 0 ? "warm-up" : "round " + round,
              ourRate,
              baseRate,
              ourRate / baseRate));
    }
    return BenchResult.ofRounds(
        name(),
        ours,
        base,
        "events/s",
        List.of(
            String.format(
                Locale.ROOT,
                "%d events of %d tenants a round, batches of %d; %d consumers against %d connections"
                    + " (a consumer may store up to 4 tenants at once)",
                EVENTS,
                PARTITIONS * TENANTS_PER_PARTITION,
                POLL,
                CONSUMERS,
                CONSUMERS)));
  }

  private static String topic(PlatformSettings settings, int round) {
    return settings.usageTopic() + "-" + round;
  }

  private static void fill(String topic, int round) {
    RealServers.kafka().createTopics(PARTITIONS, topic);
    try (TopicWriter writer = new TopicWriter(topic)) {
      traffic(round, ours(round)).forEach(event -> writer.send(event.tenant(), event.value()));
    }
  }

  private static double pipeline(PlatformSettings all, int round) throws Exception {
    PlatformSettings settings =
        all.with("KAFKA_USAGE_TOPIC", topic(all, round))
            .with("KAFKA_GROUP", topic(all, round))
            .with("KAFKA_CONSUMERS", String.valueOf(CONSUMERS))
            .with("KAFKA_MAX_POLL_RECORDS", String.valueOf(POLL))
            .with("OUTBOX_INTERVAL", "500ms");
    try (PlatformUnderTest platform = BenchPlatform.start(settings)) {
      return new PostedMeter(platform.adminUrl()).rate(EVENTS);
    }
  }

  private static double bare(PlatformSettings settings, int round) throws Exception {
    try (BareLedger ledger = BareLedger.of(settings.adminDatabaseUrl(), CONSUMERS)) {
      ledger.prepare(traffic(round, base(round)), POLL, tenant -> partition(tenant) % CONSUMERS);
      return EVENTS / ledger.run();
    }
  }

  private static GeneratedTraffic traffic(int round, List<String> tenants) {
    return new GeneratedTraffic(round, EVENTS, tenants, Instant.now().minusSeconds(3600));
  }

  private static List<String> ours(int round) {
    return tenants("ours-" + round);
  }

  private static List<String> base(int round) {
    return tenants("base-" + round);
  }

  /** Tenants whose keys spread evenly over the partitions. */
  private static List<String> tenants(String prefix) {
    int[] taken = new int[PARTITIONS];
    List<String> tenants = new ArrayList<>();
    for (int i = 0; tenants.size() < PARTITIONS * TENANTS_PER_PARTITION; i++) {
      String id = prefix + "-" + i;
      if (taken[partition(id)]++ < TENANTS_PER_PARTITION) {
        tenants.add(id);
      }
    }
    return tenants;
  }

  private static int partition(String tenant) {
    return BuiltInPartitioner.partitionForKey(tenant.getBytes(StandardCharsets.UTF_8), PARTITIONS);
  }
}
