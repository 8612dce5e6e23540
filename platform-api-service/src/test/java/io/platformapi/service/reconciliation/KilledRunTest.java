package io.platformapi.service.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.platformapi.routes.message.CallStatus;
import io.platformapi.routes.message.RunProgress;
import io.platformapi.routes.message.RunState;
import io.platformapi.routes.message.SpendPage;
import io.platformapi.routes.message.SpendRow;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.routes.port.LostClaimException;
import io.platformapi.routes.port.SpendBook;
import io.platformapi.service.problem.ConflictException;
import io.platformapi.service.reconciliation.TwoBooks.Call;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Runs whose node dies, and nodes that want the same run. */
class KilledRunTest {
  private static final Instant FROM = Instant.parse("2026-11-22T10:00:00Z");
  private static final Instant TO = Instant.parse("2026-11-22T11:00:00Z");
  private static final List<RunState> STEPS =
      IntStream.range(RunState.LOADED.ordinal(), RunState.FAILED.ordinal())
          .mapToObj(n -> RunState.values()[n])
          .toList();
  private static TwoBooks books;
  private static TwoBooks dying;

  @BeforeAll
  static void start() {
    books = new TwoBooks();
    // Its claims are over at once for those who ask, and its own while nobody does.
    dying = books.anotherNode(Duration.ZERO);
  }

  @AfterAll
  static void stop() {
    dying.close();
    books.close();
  }

  @Test
  void aNodeThatDiesAfterAnyPieceOfWorkLeavesTheSameResultToTheNext() {
    String undisturbed = newTenant();
    UUID first = begin(undisturbed);
    books.goOn(undisturbed);
    List<String> expected = result(undisturbed, first);
    assertThat(expected).anyMatch(line -> line.startsWith("item")).contains("published 1");
    assertThat(expected)
        .anyMatch(line -> line.startsWith("counter team 5 ") && line.endsWith("counter_behind"));

    int pieces = Integer.MAX_VALUE;
    for (int killedAfter = 0; killedAfter < pieces; killedAfter++) {
      String tenant = newTenant();
      UUID id = begin(tenant);
      RunProgress dead = dying.runs.claim(tenant).orElseThrow();
      int done = work(dying, dead, killedAfter);
      if (done < killedAfter) {
        pieces = done;
      } else if (books.run(tenant, id).state() != RunState.COMPLETED) {
        books.goOn(tenant);
        assertThat(books.run(tenant, id).attempts()).isEqualTo(2);
        // It was not dead, only slow.
        assertThatThrownBy(() -> dying.books.load(dead)).isInstanceOf(LostClaimException.class);
        assertThatThrownBy(() -> dying.books.post(dead)).isInstanceOf(LostClaimException.class);
      }
      assertThat(result(tenant, id)).as("killed after %d pieces", killedAfter).isEqualTo(expected);
    }
    assertThat(pieces).isGreaterThan(21);
  }

  @Test
  void twoNodesThatStartAtOnceStartOneRun() throws Exception {
    String tenant = newTenant();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<UUID>> starts = new ArrayList<>();
      for (TwoBooks node : List.of(books, dying)) {
        starts.add(threads.submit(() -> begin(node, tenant)));
      }
      int started = 0;
      for (Future<UUID> start : starts) {
        try {
          start.get();
          started++;
        } catch (ExecutionException e) {
          assertThat(e).hasCauseInstanceOf(ConflictException.class);
        }
      }
      assertThat(started).isEqualTo(1);
      assertThat(books.column(tenant, "SELECT count(*) FROM reconciliation_runs"))
          .containsExactly("1");
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void twoNodesThatClaimAtOnceGetOneRun() throws Exception {
    TwoBooks other = books.anotherNode(Duration.ofSeconds(60));
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      for (int i = 0; i < 10; i++) {
        String tenant = newTenant();
        begin(tenant);
        List<Future<Optional<RunProgress>>> claims = new ArrayList<>();
        for (TwoBooks node : List.of(books, other)) {
          claims.add(threads.submit(() -> node.runs.claim(tenant)));
        }
        int claimed = 0;
        for (Future<Optional<RunProgress>> claim : claims) {
          claimed += claim.get().isPresent() ? 1 : 0;
        }
        assertThat(claimed).isEqualTo(1);
      }
    } finally {
      threads.shutdownNow();
      other.close();
    }
  }

  @Test
  void aRunThatFailsIsTriedAgainAndGivenUpAfterItsAttempts() {
    String tenant = newTenant();
    UUID id = begin(tenant);
    for (int attempt = 1; attempt <= 3; attempt++) {
      RunProgress run =
          await("a claim").until(() -> books.runs.claim(tenant), Optional::isPresent).orElseThrow();
      books.runs.failed(run, new IllegalStateException("secret"));
    }
    ReconciliationRun failed = books.run(tenant, id);
    assertThat(failed.state()).isEqualTo(RunState.FAILED);
    assertThat(failed.error()).isEqualTo("IllegalStateException");
    assertThat(books.runs.claim(tenant)).isEmpty();
    // The next one may start.
    begin(tenant);
  }

  @Test
  void aRunThatWasReleasedIsTakenUpAtOnce() {
    String tenant = newTenant();
    UUID id = begin(tenant);
    RunProgress run = books.runs.claim(tenant).orElseThrow();
    assertThat(books.runs.claim(tenant)).isEmpty();
    books.runs.release(run);
    books.goOn(tenant);
    assertThat(books.run(tenant, id).attempts()).isEqualTo(1);
  }

  @Test
  void theReadingOfTheGatewayGoesOnWhereItWasLeft() {
    String tenant = newTenant();
    UUID id = begin(tenant);
    RunProgress dead = dying.runs.claim(tenant).orElseThrow();
    SpendRow row = Call.of(5_000, FROM).row();
    SpendBook book = dying.books.gatewaySide(dead);
    assertThat(book.watermark("team-a")).isEmpty();
    Instant reached = FROM.plusSeconds(600);
    book.store("team-a", new SpendPage(List.of(TwoBooks.owned(row, tenant)), List.of(), reached));
    RunProgress next = books.runs.claim(tenant).orElseThrow();
    assertThat(books.books.gatewaySide(next).watermark("team-a")).contains(reached);
    assertThat(books.books.gatewaySide(next).watermark("team-b")).isEmpty();
    assertThatThrownBy(() -> book.store("team-a", new SpendPage(List.of(), List.of(), reached)))
        .isInstanceOf(LostClaimException.class);
    // A row of somebody else is not kept.
    books
        .books
        .gatewaySide(next)
        .store(
            null,
            new SpendPage(List.of(TwoBooks.owned(Call.of(6_000, FROM).row(), "x")), List.of(), TO));
    assertThat(
            books.column(
                tenant,
                "SELECT request_id FROM gateway_calls WHERE request_id IN ('answer-5000', 'answer-6000')"))
        .containsExactly("answer-5000");
    assertThat(books.run(tenant, id).fetchedRows()).isEqualTo(1);
  }

  /** Up to so many pieces of work; a step's note that it is done is one too. */
  private static int work(TwoBooks node, RunProgress claimed, int most) {
    RunProgress run = claimed;
    int done = 0;
    for (RunState state : STEPS) {
      boolean more = true;
      while (more) {
        if (done == most) {
          return done;
        }
        more = node.piece(run, state);
        done++;
      }
      if (done == most) {
        return done;
      }
      run = node.runs.reached(run, state);
      done++;
    }
    return done;
  }

  private static UUID begin(String tenant) {
    return begin(books, tenant);
  }

  private static UUID begin(TwoBooks node, String tenant) {
    return node.service
        .start(tenant, new NewRun(FROM, TO, RunTrigger.API, "tests", "request"))
        .id();
  }

  /** A tenant with a difference of nearly every class, more than one batch of them due. */
  private static String newTenant() {
    String tenant = books.newTenant();
    List<Call> agreed = IntStream.range(0, 120).mapToObj(n -> Call.of(n, FROM)).toList();
    books.events(tenant, agreed.stream().map(Call::event).toArray(UsageRecord[]::new));
    books.rows(tenant, agreed.stream().map(Call::row).toArray(SpendRow[]::new));
    for (int n = 1_000; n < 1_012; n++) {
      books.rows(tenant, Call.of(n, FROM).row());
    }
    Call twice = Call.of(1_100, FROM);
    books.events(tenant, twice.event(), twice.at(twice.start().plusMillis(3)).event());
    Call price = Call.of(1_101, FROM);
    books.events(tenant, price.event(), Call.of(1_102, FROM).status(CallStatus.FAILURE).event());
    books.rows(
        tenant, twice.row(), price.nanos(7).row(), Call.of(1_103, FROM).key("stranger").row());
    books.execute(
        tenant, "INSERT INTO reconciliation_policy_actions VALUES ('price', 'auto_adjust')");
    books.execute(
        tenant,
        "INSERT INTO gateway_snapshots VALUES ('told', '%1$s', '%1$s', '%2$s')"
            .formatted(
                TO,
                CounterPayload.write(
                    tenant, new CounterReading.Spend("team", "team", 5, FROM, null, FROM), "USD")));
    return tenant;
  }

  /** All that a run leaves, without ids and times. */
  private static List<String> result(String tenant, UUID run) {
    List<String> result = new ArrayList<>();
    books.items(tenant, run).stream()
        .map(
            item ->
                "item %s %s %s %s %d"
                    .formatted(
                        item.callId(),
                        item.difference(),
                        item.reason(),
                        item.status(),
                        item.costNanos()))
        .sorted()
        .forEach(result::add);
    ReconciliationRun found = books.run(tenant, run);
    result.add(found.state() + " " + found.totals());
    result.add(
        "calls %d %d %d cost %d %d"
            .formatted(
                found.gatewayCalls(),
                found.ledgerCalls(),
                found.matchedCalls(),
                found.gatewayCostNanos(),
                found.ledgerCostNanos()));
    result.addAll(
        books.column(
            tenant,
            """
            SELECT concat_ws(' ', 'counted', a.scope, nullif(a.key, '%s'), c.kind, c.bucket,
              c.input_tokens, c.output_tokens, c.requests_succeeded, c.requests_failed,
              c.cost_nanos)
            FROM usage_counters c JOIN ledger_accounts a ON a.id = c.account_id ORDER BY 1
            """
                .formatted(tenant)));
    result.addAll(
        books.column(
            tenant,
            "SELECT concat_ws(' ', source, call_id, cost_nanos, reversed_in IS NULL) FROM"
                + " usage_events ORDER BY 1"));
    result.addAll(
        books.column(
            tenant,
            "SELECT 'published ' || count(*) FROM outbox WHERE value::json->>'type' ="
                + " 'reconciliation.completed'"));
    result.addAll(
        books.column(
            tenant,
            "SELECT concat_ws(' ', 'counter', scope, told, rows_sum, ledger_sum, verdict) FROM"
                + " reconciliation_counters"));
    result.addAll(books.findings(tenant));
    return result;
  }
}
