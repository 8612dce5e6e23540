package io.platformapi.service.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;

import io.platformapi.routes.message.SpendRow;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.reconciliation.DriftGenerator.Expected;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Books with known defects: a run has to find each of them, name it right, and say nothing else;
 * when its adjustments are posted both sides agree. {@code -Ddrift.seed=N} runs one seed again.
 */
class DriftTest {
  private static final Instant FROM = Instant.parse("2026-11-22T06:00:00Z");
  private static final Instant TO = Instant.parse("2026-11-22T12:00:00Z");
  private static final Instant LATER = TO.plus(Duration.ofHours(1));
  private static final int CHUNK = 2_000;

  /** Differences that are explained and stay: there is nothing to be adjusted. */
  private static final Set<DifferenceReason> STAYING =
      EnumSet.of(
          DifferenceReason.FAILED_WITH_COST,
          DifferenceReason.SKIPPED_REPEATED_ID,
          DifferenceReason.GATEWAY_COUNTED_TWICE,
          DifferenceReason.CLOCKS_DIFFER,
          DifferenceReason.ACROSS_THE_EDGE);

  private static TwoBooks small;
  private static TwoBooks usual;

  private TwoBooks books;
  private String tenant;

  @BeforeAll
  static void start() {
    small = new TwoBooks();
    usual = TwoBooks.asTheProduct();
  }

  @AfterAll
  static void stop() {
    small.close();
    usual.close();
  }

  static LongStream seeds() {
    Long seed = Long.getLong("drift.seed");
    return seed != null ? LongStream.of(seed) : LongStream.rangeClosed(1, 4);
  }

  /** In slices of 50 calls, so that the parts of a difference often lie in two of them. */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void eachDefectIsFoundAndNothingElse(long seed) {
    books = small;
    isFoundAndAdjusted(seed, 3_000);
  }

  @Test
  void eachDefectIsFoundAmongAHundredThousandCalls() {
    books = usual;
    isFoundAndAdjusted(Long.getLong("drift.seed", 20_261_126), 100_000);
  }

  private void isFoundAndAdjusted(long seed, int calls) {
    DriftGenerator drift = new DriftGenerator(seed, calls, FROM, TO);
    tenant = books.newTenant();
    fill(drift);
    trustTheGateway();

    ReconciliationRun first = books.reconcile(tenant, FROM, TO);
    List<ReconciliationItem> found = books.items(tenant, first.id());
    // Later events are found by any later run; it need not cover the window again.
    chunks(drift.lateEvents, UsageRecord[]::new, chunk -> books.events(tenant, chunk));
    ReconciliationRun second = books.reconcile(tenant, LATER, LATER.plusSeconds(60));
    List<ReconciliationItem> late = books.items(tenant, second.id());

    Scores scores = new Scores();
    scores.add(drift.expected, found);
    scores.add(drift.expectedLate, late);
    scores.print(seed, calls);
    assertThat(scores.wrong).as("seed %d: what was not found, or not so", seed).isEmpty();
    assertThat(scores.classes.keySet()).containsExactlyInAnyOrder(DifferenceClass.values());

    approve(first);
    approve(second);
    agrees(drift, seed);
  }

  /** Nothing but what is explained is left, and the sums of each team are those that were made. */
  private void agrees(DriftGenerator drift, long seed) {
    assertThat(books.findings(tenant)).as("seed %d", seed).isEmpty();
    ReconciliationRun again = books.reconcile(tenant, FROM, TO);
    List<ReconciliationItem> left = books.items(tenant, again.id());
    Map<String, DifferenceReason> staying =
        drift.expected.stream()
            .filter(expected -> STAYING.contains(expected.reason()))
            .collect(Collectors.toMap(Expected::subject, Expected::reason));
    assertThat(left).as("seed %d", seed).allMatch(i -> i.status() == ItemStatus.EXPLAINED);
    assertThat(left.stream().collect(Collectors.toMap(this::subject, ReconciliationItem::reason)))
        .as("seed %d", seed)
        .isEqualTo(staying);
    Map<String, String> expected = new TreeMap<>();
    drift.truth.forEach((team, sums) -> expected.put(team, sums[0] + " " + sums[1]));
    assertThat(
            teams(
                """
                SELECT team_id, count(*) || ' ' || sum(cost_nanos) FROM usage_events
                WHERE reversed_in IS NULL AND (status = 'success' OR cost_nanos > 0) GROUP BY 1
                """))
        .as("seed %d: events", seed)
        .isEqualTo(expected);
    assertThat(
            costs(
                "SELECT key, cost_nanos FROM usage_counters c JOIN ledger_accounts a"
                    + " ON a.id = c.account_id WHERE c.kind = 'month' AND a.scope = 'team'"
                    + " AND a.key <> ''"))
        .as("seed %d: counters", seed)
        .isEqualTo(costsOf(drift));
    assertThat(costs(GATEWAY.formatted(again.id())))
        .as("seed %d: gateway", seed)
        .isEqualTo(costsOf(drift));
  }

  /**
   * The gateway's sums, with the calls that it has not counted, or counted twice, as the report
   * names them.
   */
  private static final String GATEWAY =
      """
      SELECT team_id, sum(cost_nanos) FROM (
        SELECT team_id, cost_nanos FROM gateway_calls
        UNION ALL
        SELECT i.team_id, -i.cost_nanos FROM reconciliation_items i
        WHERE i.run_id = '%s' AND i.status = 'explained') AS calls
      WHERE team_id LIKE 'team-%%' GROUP BY 1
      """;

  private Map<String, Long> costsOf(DriftGenerator drift) {
    Map<String, Long> costs = new TreeMap<>();
    drift.truth.forEach((team, sums) -> costs.put(team, sums[1]));
    return costs;
  }

  private Map<String, Long> costs(String sql) {
    Map<String, Long> costs = new TreeMap<>();
    teams(sql).forEach((team, sum) -> costs.put(team, Long.valueOf(sum)));
    return costs;
  }

  private Map<String, String> teams(String sql) {
    Map<String, String> sums = new TreeMap<>();
    for (String line :
        books.column(tenant, "SELECT concat_ws('=', t, s) FROM (" + sql + ") AS x (t, s)")) {
      String[] parts = line.split("=", 2);
      sums.put(parts[0], parts[1]);
    }
    return sums;
  }

  private void fill(DriftGenerator drift) {
    chunks(drift.events, UsageRecord[]::new, chunk -> books.events(tenant, chunk));
    chunks(drift.rows, SpendRow[]::new, chunk -> books.rows(tenant, chunk));
    // LiteLLM sets its counters back at the edge of a window.
    books.execute(
        tenant,
        """
        INSERT INTO gateway_snapshots VALUES
          ('before', '%1$s'::timestamptz - interval '1 second', now(),
            '{"usage":{"cost":{"amount":"9.5"}}}'),
          ('after', '%1$s', now(), '{"usage":{"cost":{"amount":"0"}}}')
        """
            .formatted(TO));
    // What has not settled is of no run yet.
    books.rows(tenant, young("young-row"));
  }

  private static SpendRow young(String id) {
    Instant start = TwoBooks.NOW.minus(Duration.ofHours(23));
    return TwoBooks.Call.of(1, start).id(id).answer(id).row();
  }

  private void trustTheGateway() {
    books.execute(
        tenant,
        """
        INSERT INTO reconciliation_policy_actions VALUES ('missing_in_gateway', 'auto_adjust'),
          ('amount', 'auto_adjust'), ('price', 'auto_adjust')
        """);
  }

  private void approve(ReconciliationRun run) {
    for (ReconciliationItem item : books.items(tenant, run.id())) {
      if (item.status() == ItemStatus.PROPOSED) {
        books.service.approve(tenant, run.id(), item.id(), "somebody", "request");
      }
    }
  }

  /** Rows without a call id are named by their own. */
  private String subject(ReconciliationItem item) {
    return item.callId() != null ? item.callId() : item.requestId();
  }

  private static <T> void chunks(
      List<T> all, Function<Integer, T[]> array, java.util.function.Consumer<T[]> store) {
    for (int n = 0; n < all.size(); n += CHUNK) {
      List<T> chunk = all.subList(n, Math.min(all.size(), n + CHUNK));
      store.accept(chunk.toArray(array.apply(0)));
    }
  }

  /** What was found against what was put in, by class. */
  private final class Scores {
    final Map<DifferenceClass, int[]> classes = new TreeMap<>();
    final List<String> wrong = new java.util.ArrayList<>();

    void add(List<Expected> expected, List<ReconciliationItem> found) {
      Map<Expected, Integer> open = new HashMap<>();
      for (Expected one : expected) {
        open.merge(one, 1, Integer::sum);
        of(one.difference())[0]++;
      }
      for (ReconciliationItem item : found) {
        Expected one = new Expected(subject(item), item.difference(), item.reason());
        of(one.difference())[1]++;
        if (open.merge(one, -1, Integer::sum) >= 0) {
          of(one.difference())[2]++;
        } else {
          wrong.add("found " + item);
        }
      }
      open.forEach(
          (one, count) -> {
            if (count > 0) {
              wrong.add("missed " + one);
            }
          });
    }

    private int[] of(DifferenceClass difference) {
      return classes.computeIfAbsent(difference, key -> new int[3]);
    }

    void print(long seed, int calls) {
      classes.forEach(
          (difference, counts) ->
              System.out.printf(
                  Locale.ROOT,
                  "DRIFT seed=%d calls=%d class=%s injected=%d found=%d precision=%.4f"
                      + " recall=%.4f%n",
                  seed,
                  calls,
                  difference.wire(),
                  counts[0],
                  counts[1],
                  counts[2] / (double) Math.max(1, counts[1]),
                  counts[2] / (double) Math.max(1, counts[0])));
    }
  }
}
