package io.platformapi.service.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.platformapi.routes.message.CallStatus;
import io.platformapi.routes.message.UsageBatch;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.testing.GeneratedTraffic;
import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.TenantSql;
import io.platformapi.service.testing.TestDatabases;
import io.platformapi.service.usage.BareLedgerLoop;
import io.platformapi.service.usage.LedgerTenant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ToIntFunction;

/** Traffic cut into the batches that Kafka would give, written side by side by bare JDBC loops. */
final class BareLedger implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int NANOS_PLACES = 9;

  private final TenantSql sql;
  private final List<BareLedgerLoop> loops = new ArrayList<>();
  private final Map<String, Connection> connections = new HashMap<>();

  BareLedger(PlatformSettings settings, int loops) {
    this.sql = new TenantSql(settings);
    for (int i = 0; i < loops; i++) {
      this.loops.add(new BareLedgerLoop());
    }
  }

  /**
   * Does all that is not SQL. Each partition goes to one of the loops, with a batch for each tenant
   * in as many events as a poll gives.
   */
  void prepare(GeneratedTraffic traffic, int poll, ToIntFunction<String> partition)
      throws SQLException {
    Map<Integer, List<GeneratedTraffic.Event>> partitions = new TreeMap<>();
    traffic.forEach(
        event ->
            partitions
                .computeIfAbsent(partition.applyAsInt(event.tenant()), first -> new ArrayList<>())
                .add(event));
    for (Map.Entry<Integer, List<GeneratedTraffic.Event>> one : partitions.entrySet()) {
      BareLedgerLoop loop = loops.get(one.getKey() % loops.size());
      List<GeneratedTraffic.Event> events = one.getValue();
      for (int from = 0; from < events.size(); from += poll) {
        add(loop, events.subList(from, Math.min(events.size(), from + poll)));
      }
    }
  }

  /** Seconds until the last loop has ended. */
  double run() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(loops.size());
    try {
      List<Callable<Void>> work = new ArrayList<>();
      for (BareLedgerLoop loop : loops) {
        work.add(
            () -> {
              loop.run();
              return null;
            });
      }
      long start = System.nanoTime();
      for (Future<Void> done : threads.invokeAll(work)) {
        done.get();
      }
      return (System.nanoTime() - start) / 1e9;
    } finally {
      threads.shutdownNow();
    }
  }

  private void add(BareLedgerLoop loop, List<GeneratedTraffic.Event> events) throws SQLException {
    Map<String, List<UsageRecord>> byTenant = new LinkedHashMap<>();
    for (GeneratedTraffic.Event event : events) {
      byTenant.computeIfAbsent(event.tenant(), id -> new ArrayList<>()).add(record(event.value()));
    }
    for (Map.Entry<String, List<UsageRecord>> tenant : byTenant.entrySet()) {
      loop.add(
          connection(tenant.getKey()),
          new LedgerTenant(tenant.getKey(), "default", "USD"),
          new UsageBatch(tenant.getValue(), List.of()));
    }
  }

  private Connection connection(String tenant) throws SQLException {
    Connection connection = connections.get(tenant);
    if (connection == null) {
      connection = TestDatabases.connect(sql.databaseOf(tenant));
      connection.setAutoCommit(false);
      connections.put(tenant, connection);
    }
    return connection;
  }

  private static UsageRecord record(byte[] event) {
    try {
      JsonNode call = JSON.readTree(event).get("payload");
      return new UsageRecord(
          UUID.fromString(call.get("callId").textValue()),
          call.get("callId").textValue(),
          call.get("id").textValue(),
          CallStatus.valueOf(call.get("status").textValue().toUpperCase(java.util.Locale.ROOT)),
          call.get("cacheHit").booleanValue(),
          call.get("stream").booleanValue(),
          call.get("callType").textValue(),
          time(call.get("startTime")),
          time(call.get("endTime")),
          call.get("teamId").textValue(),
          call.get("organizationId").textValue(),
          call.get("keyHash").textValue(),
          call.get("keyAlias").textValue(),
          call.get("userId").textValue(),
          call.get("endUser").textValue(),
          call.get("provider").textValue(),
          call.get("model").textValue(),
          call.get("modelGroup").textValue(),
          call.get("inputTokens").longValue(),
          call.get("outputTokens").longValue(),
          call.get("totalTokens").longValue(),
          new BigDecimal(call.get("cost").textValue())
              .setScale(NANOS_PLACES, RoundingMode.HALF_EVEN)
              .unscaledValue()
              .longValueExact());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Instant time(JsonNode seconds) {
    long micros = new BigDecimal(seconds.asText()).movePointRight(6).longValue();
    return Instant.EPOCH.plus(micros, java.time.temporal.ChronoUnit.MICROS);
  }

  @Override
  public void close() throws SQLException {
    for (Connection connection : connections.values()) {
      connection.close();
    }
  }
}
