package io.platformapi.service.reconciliation;

import io.platformapi.routes.message.CallOwner;
import io.platformapi.routes.message.CallStatus;
import io.platformapi.routes.message.RunProgress;
import io.platformapi.routes.message.RunState;
import io.platformapi.routes.message.SpendRow;
import io.platformapi.routes.message.UsageBatch;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.routes.port.TenantDirectory;
import io.platformapi.service.audit.AuditEntry;
import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.outbox.OutboxBatch;
import io.platformapi.service.persistence.ConnectionSettings;
import io.platformapi.service.testing.SettableClock;
import io.platformapi.service.testing.TestDatabases;
import io.platformapi.service.usage.AdjustmentStore;
import io.platformapi.service.usage.LedgerStore;
import io.platformapi.service.usage.LedgerTenant;
import io.platformapi.service.usage.LedgerVerifier;
import io.platformapi.service.usage.UsageFollower;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Tenants with two books on the real server, and what a node needs to bring them together. */
final class TwoBooks implements AutoCloseable {
  static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final Duration SHORT = Duration.ofSeconds(10);
  private static final ConnectionSettings CONNECTIONS =
      new ConnectionSettings(8, 6, SHORT, SHORT, SHORT, Duration.ofSeconds(60), SHORT);
  private static final List<Class<?>> ENTITIES = List.of(AuditEntry.class);

  final TestDatabases node;
  final SettableClock clock = new SettableClock(NOW);
  final LedgerStore ledger;
  final TenantRuns runs;
  final TenantBooks books;
  final ReconciliationService service;

  /** What the gateway tells when it is asked for counters. */
  final List<CounterReading.Spend> spends = new ArrayList<>();

  TwoBooks() {
    this(
        TestDatabases.create(CONNECTIONS, List.of(), ENTITIES),
        new TenantBooks.Settings(Duration.ofSeconds(60), 50, 20, 8));
  }

  /** A node that takes as much at once as the product does. */
  static TwoBooks asTheProduct() {
    return new TwoBooks(
        TestDatabases.create(CONNECTIONS, List.of(), ENTITIES),
        TenantBooks.Settings.of(Duration.ofMinutes(2)));
  }

  private TwoBooks(TestDatabases node, TenantBooks.Settings settings) {
    this.node = node;
    this.ledger =
        new LedgerStore(
            node.inTenant, TwoBooks::tenant, () -> true, id -> {}, UsageFollower.NONE, clock);
    AdjustmentStore adjustments =
        new AdjustmentStore(
            node.inTenant, TwoBooks::tenant, () -> true, id -> {}, UsageFollower.NONE, clock);
    this.runs =
        new TenantRuns(
            node.inTenant,
            node.databases::ready,
            TenantRuns.Scheduled.NEVER,
            new TenantRuns.Settings(
                Duration.ofMinutes(5), settings.lease(), Duration.ofMillis(1), 3),
            clock);
    this.service =
        new ReconciliationService(
            node.inTenant,
            new AuditLog(node.tenantSessions, node.mapper, clock),
            adjustments,
            runs::note,
            clock);
    this.books =
        new TenantBooks(
            node.inTenant,
            new Directory(),
            id -> List.of("team-" + id),
            adjustments,
            new Completion(TwoBooks::tenant, new OutboxBatch(node.mapper, clock), id -> {}),
            new TenantBooks.Gateway(LimitPush.NONE, this::counters, id -> "USD"),
            settings,
            clock);
  }

  private List<CounterReading.Spend> counters(String tenant, Set<String> keys, String requestId) {
    return spends.stream()
        .filter(spend -> spend.scope().equals("team") || keys.contains(spend.id()))
        .toList();
  }

  /** Another node on the same databases. */
  TwoBooks anotherNode(Duration lease) {
    return new TwoBooks(
        node.anotherNode(CONNECTIONS, List.of(), ENTITIES),
        new TenantBooks.Settings(lease, 50, 20, 8));
  }

  static LedgerTenant tenant(String id) {
    return new LedgerTenant(id, "default", "USD");
  }

  String newTenant() {
    String id = "t-" + UUID.randomUUID();
    node.tenant(id);
    return id;
  }

  void events(String tenant, UsageRecord... calls) {
    ledger.store(tenant, new UsageBatch(List.of(calls), List.of()));
  }

  void rows(String tenant, SpendRow... rows) {
    node.inTenant.sql(
        tenant,
        connection -> {
          GatewayCallSql.store(connection, List.of(rows), clock.instant());
          return null;
        });
  }

  /** The same row of another team. */
  static SpendRow owned(SpendRow row, String team) {
    return new SpendRow(
        row.requestId(),
        row.callId(),
        row.callType(),
        row.status(),
        row.cacheHit(),
        row.keyHash(),
        row.keyAlias(),
        team,
        null,
        row.userId(),
        row.endUser(),
        row.provider(),
        row.model(),
        row.modelGroup(),
        row.inputTokens(),
        row.outputTokens(),
        row.totalTokens(),
        row.costNanos(),
        row.startTime(),
        row.endTime(),
        row.received());
  }

  /** Starts a run over a window and takes it through all steps but the reading of the gateway. */
  ReconciliationRun reconcile(String tenant, Instant from, Instant to) {
    UUID id =
        service.start(tenant, new NewRun(from, to, RunTrigger.API, "tests", "request-1")).id();
    goOn(tenant);
    return run(tenant, id);
  }

  /** Takes up the tenant's run and does what is left of it. */
  void goOn(String tenant) {
    RunProgress run = runs.claim(tenant).orElseThrow();
    for (RunState state : RunState.values()) {
      if (state != RunState.REQUESTED && state != RunState.FAILED) {
        run = step(run, state);
      }
    }
  }

  /** Does the step that leads to a state, unless it is done. */
  RunProgress step(RunProgress run, RunState state) {
    if (run.state().hasReached(state)) {
      return run;
    }
    boolean more = true;
    while (more) {
      more = piece(run, state);
    }
    return runs.reached(run, state);
  }

  /** One piece of a step; returns whether there is another. */
  boolean piece(RunProgress run, RunState state) {
    return switch (state) {
      case LOADED -> books.load(run);
      case MATCHED -> books.match(run);
      case CLASSIFIED -> books.classify(run);
      case DECIDED -> books.decide(run);
      case POSTED -> books.post(run);
      case COUNTED -> once(() -> books.compareCounters(run));
      case LIMITS_PUSHED -> once(() -> books.pushLimits(run));
      case PUBLISHED -> once(() -> books.publish(run));
      case COMPLETED -> once(() -> books.report(run));
      case REQUESTED, FETCHED, FAILED -> false;
    };
  }

  private static boolean once(Runnable work) {
    work.run();
    return false;
  }

  ReconciliationRun run(String tenant, UUID id) {
    return node.inTenant.sql(tenant, connection -> RunSql.find(connection, id).orElseThrow());
  }

  List<ReconciliationItem> items(String tenant, UUID run) {
    return node.inTenant.sql(
        tenant, connection -> ItemSql.page(connection, ItemFilter.of(run), 0, 100_000));
  }

  /** What is wrong with the ledger by its own rows. */
  List<String> findings(String tenant) {
    return node.inTenant.sql(
        tenant, connection -> new LedgerVerifier().findings(connection, tenant));
  }

  List<String> column(String tenant, String sql) {
    return node.inTenant.sql(
        tenant,
        connection -> {
          List<String> values = new ArrayList<>();
          try (Statement statement = connection.createStatement();
              ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
              values.add(rows.getString(1));
            }
          }
          return values;
        });
  }

  void execute(String tenant, String sql) {
    node.inTenant.sql(
        tenant,
        connection -> {
          try (Statement statement = connection.createStatement()) {
            return statement.execute(sql);
          }
        });
  }

  @Override
  public void close() {
    node.close();
  }

  /** A call, as either side tells it. */
  record Call(
      String callId,
      String answerId,
      CallStatus status,
      boolean cacheHit,
      String key,
      String model,
      long input,
      long output,
      long nanos,
      Instant start) {

    /** Number n of a tenant: a second after the one before. */
    static Call of(int n, Instant first) {
      return new Call(
          "call-" + n,
          "answer-" + n,
          CallStatus.SUCCESS,
          false,
          "key-" + n % 3,
          "model-" + n % 2,
          100 + n,
          10 + n,
          1_000L * (n + 1),
          first.plusSeconds(n).plusNanos(123_456_000));
    }

    Call id(String other) {
      return new Call(other, answerId, status, cacheHit, key, model, input, output, nanos, start);
    }

    Call answer(String other) {
      return new Call(callId, other, status, cacheHit, key, model, input, output, nanos, start);
    }

    Call status(CallStatus other) {
      return new Call(callId, answerId, other, cacheHit, key, model, input, output, nanos, start);
    }

    Call hit(String other) {
      return new Call(callId, other, status, true, key, model, input, output, 0, start);
    }

    Call key(String other) {
      return new Call(
          callId, answerId, status, cacheHit, other, model, input, output, nanos, start);
    }

    Call tokens(long in, long out) {
      return new Call(callId, answerId, status, cacheHit, key, model, in, out, nanos, start);
    }

    Call nanos(long other) {
      return new Call(callId, answerId, status, cacheHit, key, model, input, output, other, start);
    }

    Call at(Instant other) {
      return new Call(callId, answerId, status, cacheHit, key, model, input, output, nanos, other);
    }

    /** As the gateway's event tells it; the same call told twice has the same id. */
    UsageRecord event() {
      String identity = callId + "|" + answerId + "|" + status + "|" + start;
      return new UsageRecord(
          UUID.nameUUIDFromBytes(identity.getBytes(StandardCharsets.UTF_8)),
          callId,
          answerId,
          status,
          cacheHit,
          false,
          "acompletion",
          start,
          start.plusSeconds(1),
          "team",
          null,
          key,
          null,
          "user",
          null,
          "openai",
          model,
          model,
          input,
          output,
          input + output,
          nanos);
    }

    /** As a row of the gateway's log, which has milliseconds. */
    SpendRow row() {
      return new SpendRow(
          answerId,
          callId,
          "acompletion",
          status,
          cacheHit,
          key,
          null,
          "team",
          null,
          "user",
          null,
          "openai",
          model,
          model,
          input,
          output,
          input + output,
          nanos,
          start.truncatedTo(ChronoUnit.MILLIS),
          start.plusSeconds(1).truncatedTo(ChronoUnit.MILLIS),
          "{\"request_id\":\"%s\",\"spend\":%d}".formatted(answerId, nanos));
    }
  }

  private static final class Directory implements TenantDirectory {
    @Override
    public Optional<String> tenantOf(CallOwner owner) {
      return Optional.ofNullable(owner.teamId());
    }

    @Override
    public boolean knows(String tenantId) {
      return true;
    }
  }
}
