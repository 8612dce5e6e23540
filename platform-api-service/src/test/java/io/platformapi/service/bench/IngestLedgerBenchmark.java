package io.platformapi.service.bench;

import io.platformapi.service.testing.GeneratedTraffic;
import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.PlatformUnderTest;
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
 * <p>One node runs all rounds: starting one compiles code, and visits every tenant's database, for
 * seconds. While a round's topic is filled, posting is stopped by the lock that changes of quotas
 * take; the beginning and the end, when not every consumer is busy, are not measured. Each round
 * has tenants of its own; those of the warm-up share theirs.
 *
 * <p>The bare loop has batches as large as polls allow: 2,000 events of one partition, by tenant.
 * The consumers' are a little smaller, for some of their polls hold the ends of two partitions.
 */
final class IngestLedgerBenchmark implements Benchmark {
  private static final int MAX_WARM_UP_ROUNDS = 30;
  private static final int ROUNDS = 5;
  private static final int EVENTS = 100_000;
  private static final int PARTITIONS = PlatformSettings.PARTITIONS;
  private static final int TENANTS_PER_PARTITION = 3;
  private static final int CONSUMERS = 2;
  private static final int POLL = 2_000;

  private long seed;

  @Override
  public String name() {
    return "ingest-ledger";
  }

  @Override
  public BenchResult run(Progress progress) throws Exception {
    PlatformSettings settings =
        PlatformSettings.create()
            .with("KAFKA_CONSUMERS", String.valueOf(CONSUMERS))
            .with("KAFKA_MAX_POLL_RECORDS", String.valueOf(POLL))
            .with("OUTBOX_INTERVAL", "500ms");
    double[] ours = new double[ROUNDS];
    double[] base = new double[ROUNDS];
    try (PlatformUnderTest platform = BenchPlatform.start(settings)) {
      List<String> ourWarmUp = created(platform, "ours-warm-up");
      List<String> baseWarmUp = created(platform, "base-warm-up");
      List<List<String>> ourTenants = new ArrayList<>();
      List<List<String>> baseTenants = new ArrayList<>();
      for (int round = 0; round < ROUNDS; round++) {
        ourTenants.add(created(platform, "ours-" + round));
        baseTenants.add(created(platform, "base-" + round));
      }
      WarmUp.run(
          MAX_WARM_UP_ROUNDS,
          () -> {
            bare(settings, baseWarmUp);
            pipeline(platform, ourWarmUp);
          },
          progress);
      for (int round = 0; round < ROUNDS; round++) {
        base[round] = bare(settings, baseTenants.get(round));
        ours[round] = pipeline(platform, ourTenants.get(round));
        progress.say(
            String.format(
                Locale.ROOT,
                "round %d: %.0f/s against %.0f/s, ratio %.2f",
                round,
                ours[round],
                base[round],
                ours[round] / base[round]));
      }
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

  private double pipeline(PlatformUnderTest platform, List<String> tenants) throws Exception {
    List<GeneratedTraffic.Event> events = new ArrayList<>(EVENTS);
    traffic(tenants).forEach(events::add);
    PostedMeter meter = new PostedMeter(platform.adminUrl());
    try (StoppedPosting stopped = StoppedPosting.of(platform.settings(), tenants)) {
      try (TopicWriter writer = new TopicWriter(platform.settings().usageTopic())) {
        events.forEach(event -> writer.send(event.tenant(), event.value()));
      }
      stopped.mustBeInTime();
    }
    return meter.rate(EVENTS);
  }

  private double bare(PlatformSettings settings, List<String> tenants) throws Exception {
    try (BareLedger ledger = new BareLedger(settings, CONSUMERS)) {
      ledger.prepare(traffic(tenants), POLL, IngestLedgerBenchmark::partition);
      return EVENTS / ledger.run();
    }
  }

  /** Of other events each time, for the tenants of the warm-up are used again. */
  private GeneratedTraffic traffic(List<String> tenants) {
    return new GeneratedTraffic(seed++, EVENTS, tenants, Instant.now().minusSeconds(3600));
  }

  private static List<String> created(PlatformUnderTest platform, String prefix) {
    List<String> tenants = tenants(prefix);
    tenants.forEach(platform::createTenant);
    return tenants;
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
