package io.platformapi.service.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;

import io.platformapi.routes.message.RunProgress;
import io.platformapi.routes.message.RunState;
import io.platformapi.routes.message.SpendRow;
import io.platformapi.service.reconciliation.TwoBooks.Call;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The gateway's counters beside both books, on the real server. */
class CounterDriftTest {
  private static final Instant DAY_BEFORE = Instant.parse("2026-11-20T00:00:00Z");
  private static final Instant START = Instant.parse("2026-11-22T00:00:00Z");
  private static final Instant END = Instant.parse("2026-11-23T00:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);
  private static final long CENT = 10_000_000;
  private static final int CALLS = 300;
  private static TwoBooks books;

  @BeforeAll
  static void start() {
    books = new TwoBooks();
  }

  @AfterAll
  static void stop() {
    books.close();
  }

  /** What is done to a counter, and what must be said of it. */
  private enum Defect {
    NONE(CounterVerdict.AGREES, null),
    TOO_MUCH(CounterVerdict.COUNTER_AHEAD, null),
    TOO_LITTLE(CounterVerdict.COUNTER_BEHIND, null),
    SET_BACK(CounterVerdict.RESET, CounterReason.COUNTER_FELL),
    JUST_BEGUN(CounterVerdict.RESET, CounterReason.WINDOW_EDGE),
    NO_PERIOD(CounterVerdict.UNKNOWN_WINDOW, CounterReason.NO_WINDOW),
    NEVER_RESET(CounterVerdict.UNKNOWN_WINDOW, CounterReason.FIRST_WINDOW);

    private final CounterVerdict verdict;
    private final CounterReason reason;

    Defect(CounterVerdict verdict, CounterReason reason) {
      this.verdict = verdict;
      this.reason = reason;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 20261126})
  void everyInjectedDriftIsNamedAndNothingElse(long seed) {
    Random random = new Random(seed);
    String tenant = newTenant();
    Map<String, Defect> expected = new TreeMap<>();
    for (int n = 0; n < 70; n++) {
      Defect defect = Defect.values()[n < 35 ? 0 : n % Defect.values().length];
      String team = "team-%02d".formatted(n);
      expected.put(team, defect);
      inject(tenant, team, defect, random);
    }
    List<ComparedCounter> found = compare(tenant);
    assertThat(found)
        .extracting(ComparedCounter::scopeId)
        .containsExactlyElementsOf(expected.keySet());
    List<String> wrong = new ArrayList<>();
    for (CounterVerdict verdict : CounterVerdict.values()) {
      long injected =
          expected.values().stream().filter(defect -> defect.verdict == verdict).count();
      List<ComparedCounter> named =
          found.stream().filter(counter -> counter.verdict() == verdict).toList();
      long right =
          named.stream()
              .filter(counter -> expected.get(counter.scopeId()).verdict == verdict)
              .filter(counter -> expected.get(counter.scopeId()).reason == counter.reason())
              .count();
      System.out.printf(
          "counters seed %d %s: injected %d, precision %.3f, recall %.3f%n",
          seed,
          verdict.wire(),
          injected,
          named.isEmpty() ? 1 : (double) right / named.size(),
          (double) right / injected);
      named.stream()
          .filter(counter -> expected.get(counter.scopeId()).verdict != verdict)
          .forEach(counter -> wrong.add(counter + " of " + expected.get(counter.scopeId())));
      assertThat(injected).isPositive();
      assertThat(right).as("%s of seed %d", verdict, seed).isEqualTo(injected);
    }
    assertThat(wrong).isEmpty();
  }

  /**
   * Calls of a day, and the counter as LiteLLM would have it: a sum of doubles that lags, by a
   * clock of its own, set back some minutes after midnight.
   */
  private static void inject(String tenant, String team, Defect defect, Random random) {
    long skew = random.nextInt(181) - 90;
    Instant told =
        defect == Defect.JUST_BEGUN
            ? START.plusSeconds(random.nextInt(600))
            : START.plus(Duration.ofHours(6)).plusSeconds(random.nextInt(60_000));
    Instant resetAt = START.plusSeconds(random.nextInt(605) + skew);
    Instant written = told.plusSeconds(skew - random.nextInt(60));
    double usd = 0;
    List<SpendRow> rows = new ArrayList<>();
    for (int n = 0; n < CALLS; n++) {
      Instant at = START.minusSeconds(3_600).plusMillis((long) (random.nextDouble() * 90_000_000));
      long nanos = 1_000_000 + random.nextInt(100_000);
      Call call =
          Call.of(n, at).id(team + "-call-" + n).answer(team + "-answer-" + n).nanos(nanos).at(at);
      rows.add(TwoBooks.owned(call.row(), team));
      Instant ended = at.plusSeconds(1);
      if (!ended.isBefore(resetAt) && !ended.isAfter(written)) {
        usd += nanos / 1e9;
      }
    }
    books.rows(tenant, rows.toArray(SpendRow[]::new));
    long nanos = Math.round(usd * 1e9);
    Instant born = DAY_BEFORE.minus(DAY);
    if (defect != Defect.NEVER_RESET) {
      told(tenant, team, 7, START.minusSeconds(50_000), START.minus(DAY), START, born);
    }
    switch (defect) {
      case TOO_MUCH -> nanos += 5 * CENT + random.nextInt(100_000_000);
      case TOO_LITTLE -> nanos = Math.max(0, nanos - 5 * CENT);
      case SET_BACK ->
          told(tenant, team, nanos + 1_000, told.minus(CounterMargins.LAG), START, END, born);
      default -> {
        // As it is.
      }
    }
    boolean known = defect != Defect.NO_PERIOD;
    told(tenant, team, nanos, told, known ? START : null, END, born);
  }

  @Test
  void aCounterStandsBesideBothBooksOfItsWindow() {
    String tenant = newTenant();
    List<Call> calls =
        IntStream.range(0, 100).mapToObj(n -> Call.of(n, START.plusSeconds(7_000))).toList();
    books.events(
        tenant,
        calls.stream()
            .skip(10)
            .map(Call::event)
            .toArray(io.platformapi.routes.message.UsageRecord[]::new));
    books.rows(tenant, calls.stream().map(Call::row).toArray(SpendRow[]::new));
    books.execute(
        tenant,
        "INSERT INTO reconciliation_policy_actions VALUES ('missing_in_ledger', 'report_only')");
    // The last call is one that may or may not be counted; the first ten the ledger does not have.
    Instant toldAt = START.plusSeconds(7_000 + 98).plusMillis(500);
    told(tenant, "team", 5_000_000, toldAt, START, END, START);
    ReconciliationRun run = books.reconcile(tenant, START, END);
    ComparedCounter counter = counters(tenant, run.id()).get(0);
    assertThat(counter.rows()).isEqualTo(sum(0, 98));
    assertThat(counter.least()).isZero();
    assertThat(counter.most()).isEqualTo(sum(0, 100));
    assertThat(counter.ledger()).isEqualTo(sum(10, 99));
    assertThat(counter.verdict()).isEqualTo(CounterVerdict.AGREES);
    assertThat(run.counters())
        .containsExactly(new ReconciliationRun.CounterTotal(CounterVerdict.AGREES, 1, 0));
    // The same window again is the same again.
    ReconciliationRun again = books.reconcile(tenant, START, END);
    assertThat(counters(tenant, again.id()))
        .usingRecursiveComparison()
        .ignoringFields("runId")
        .isEqualTo(counters(tenant, run.id()));
    assertThat(
            books.column(
                tenant,
                "SELECT count(*) FROM reconciliation_items WHERE status IN ('posted', 'due')"))
        .containsExactly("0");
  }

  @Test
  void tokensRequestsAndMoneyOfTheTenantAreComparedAsTheEventTellsThem() {
    String tenant = newTenant();
    Call call = Call.of(0, START.plusSeconds(40_000)).tokens(10, 20).nanos(3_000);
    books.rows(tenant, call.row());
    snapshot(
        tenant,
        START.plusSeconds(50_000),
        """
        {"tenantId": "%s", "usage": {"window": {"type": "day", "start": "2026-11-22T00:00:00Z", "end": "2026-11-23T00:00:00Z"},
         "inputTokens": 10, "outputTokens": 21, "requests": 0, "cost": {"amount": "0.000003000", "currency": "USD"}}}
        """
            .formatted(tenant));
    assertThat(compare(tenant))
        .extracting(c -> c.dimension() + " " + c.verdict() + " " + c.told() + " " + c.rows())
        .containsExactly(
            "COST AGREES 3000 3000",
            "INPUT_TOKENS AGREES 10 10",
            "OUTPUT_TOKENS COUNTER_AHEAD 21 20",
            "REQUESTS COUNTER_BEHIND 0 1");
  }

  @Test
  void whatWasNotReadOfTheGatewayIsNoDrift() {
    String tenant = newTenant();
    Instant told = START.plusSeconds(50_000);
    told(tenant, "half", 5 * CENT, told, DAY_BEFORE, END, DAY_BEFORE);
    told(
        tenant,
        "old",
        5 * CENT,
        told,
        START.minus(Duration.ofDays(40)),
        null,
        START.minus(Duration.ofDays(40)));
    assertThat(compare(tenant))
        .extracting(c -> c.scopeId() + " " + c.reason())
        .containsExactly("half ROWS_NOT_READ", "old TOO_LONG");
  }

  @Test
  void whatNoDatabaseCanKeepIsLeftOutAndHoldsUpNothing() {
    String tenant = newTenant();
    Instant told = START.plusSeconds(50_000);
    String alert =
        """
        {"usage": {"cost": {"amount": "%s"}}, "alert": {"event_group": "key", "token": "%s"}}""";
    snapshot(tenant, told, alert.formatted("1", "nul\\u0000"));
    snapshot(tenant, told, alert.formatted("9999999999", "toomuch"));
    for (int n = 0; n < 12; n++) {
      told(tenant, "team-" + n, 999_999_999_999_999_999L, told, START, END, START);
    }
    assertThat(compare(tenant))
        .hasSize(12)
        .allMatch(counter -> counter.verdict() == CounterVerdict.COUNTER_AHEAD);
    String run = books.column(tenant, "SELECT run_id FROM reconciliation_counters LIMIT 1").get(0);
    assertThat(books.run(tenant, UUID.fromString(run)).counters().get(0).driftNanos())
        .isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void theToleranceOfThePolicyHoldsForMoney() {
    String tenant = newTenant();
    Instant told = START.plusSeconds(50_000);
    told(tenant, "team", CENT, told, START, END, START);
    assertThat(compare(tenant))
        .extracting(ComparedCounter::verdict)
        .containsExactly(CounterVerdict.COUNTER_AHEAD);
    String tolerant = newTenant();
    books.execute(tolerant, "UPDATE reconciliation_policy SET tolerance_nanos = " + CENT);
    told(tolerant, "team", CENT, told, START, END, START);
    assertThat(compare(tolerant))
        .extracting(ComparedCounter::verdict)
        .containsExactly(CounterVerdict.AGREES);
  }

  @Test
  void whatTheGatewayTellsTheRunIsComparedWhenItsTimeIsCovered() {
    String tenant = newTenant();
    String key = "ab".repeat(32);
    snapshot(
        tenant,
        START.plusSeconds(50_000),
        """
        {"usage": {"cost": {"amount": "1"}}, "alert": {"event_group": "key", "token": "%s"}}"""
            .formatted(key));
    Instant created = TwoBooks.NOW.minus(Duration.ofHours(30));
    books.spends.add(new CounterReading.Spend("api_key", key, CENT, created, null, created));
    books.spends.add(new CounterReading.Spend("team", "t", 0, created, null, created));
    try {
      assertThat(compare(tenant))
          .extracting(c -> c.scope() + " " + c.verdict())
          .containsExactly("api_key UNKNOWN_WINDOW");
      books.execute(
          tenant, "UPDATE reconciliation_runs SET state = 'completed', finished_at = now()");
      books.execute(tenant, "UPDATE reconciliation_policy SET settle_after_seconds = 0");
      assertThat(compare(tenant, END, TwoBooks.NOW))
          .extracting(c -> c.scope() + " " + c.verdict() + " " + c.told())
          .containsExactly("api_key COUNTER_AHEAD " + CENT, "team AGREES 0");
    } finally {
      books.spends.clear();
    }
  }

  private static long sum(int from, int to) {
    return IntStream.range(from, to).mapToLong(n -> 1_000L * (n + 1)).sum();
  }

  /** A tenant whose books were compared on the days before. */
  private static String newTenant() {
    String tenant = books.newTenant();
    books.execute(
        tenant,
        """
        INSERT INTO reconciliation_runs (id, window_from, window_to, covered_to, trigger, requested_by,
          state, created_at, next_attempt_at, finished_at)
        VALUES (gen_random_uuid(), '%1$s', '%2$s', '%2$s', 'api', 'tests', 'completed', now(), now(), now())
        """
            .formatted(DAY_BEFORE, START));
    return tenant;
  }

  private static List<ComparedCounter> compare(String tenant) {
    return compare(tenant, START, END);
  }

  private static List<ComparedCounter> compare(String tenant, Instant from, Instant to) {
    books.service.start(tenant, new NewRun(from, to, RunTrigger.API, "tests", "request"));
    RunProgress run = books.runs.reached(books.runs.claim(tenant).orElseThrow(), RunState.POSTED);
    books.books.compareCounters(run);
    books.books.compareCounters(run);
    return counters(tenant, run.runId());
  }

  private static List<ComparedCounter> counters(String tenant, UUID run) {
    return books.node.inTenant.sql(
        tenant, connection -> ComparedCounterSql.page(connection, run, null, 0, 1_000));
  }

  private static void told(
      String tenant,
      String team,
      long nanos,
      Instant at,
      Instant start,
      Instant end,
      Instant born) {
    snapshot(
        tenant,
        at,
        CounterPayload.write(
            tenant, new CounterReading.Spend("team", team, nanos, start, end, born), "USD"));
  }

  private static void snapshot(String tenant, Instant at, String payload) {
    books.execute(
        tenant,
        "INSERT INTO gateway_snapshots VALUES ('%s', '%s', '%s', '%s')"
            .formatted(UUID.randomUUID(), at, at, payload));
  }
}
