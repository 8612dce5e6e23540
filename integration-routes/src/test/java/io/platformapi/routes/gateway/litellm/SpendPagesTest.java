package io.platformapi.routes.gateway.litellm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.platformapi.routes.gateway.UpstreamException;
import io.platformapi.routes.gateway.UpstreamException.Kind;
import io.platformapi.routes.gateway.litellm.SpendLogServer.Asked;
import io.platformapi.routes.gateway.litellm.SpendLogServer.Row;
import io.platformapi.routes.message.SpendPage;
import io.platformapi.routes.message.SpendRow;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SpendPagesTest {
  private static final Instant NINE = Instant.parse("2026-11-23T09:00:00Z");
  private static final Instant TEN = Instant.parse("2026-11-23T10:00:00Z");
  private static final SpendQuery THE_HOUR = new SpendQuery(NINE, TEN);

  private final SpendLogServer server = new SpendLogServer();

  @AfterEach
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1_000, 100, 7, 1})
  void theRecordingAddsUpWhateverThePagesAre(int pageSize) throws IOException {
    server.rows().addAll(SpendLogServer.recordedRows());
    assertRecorded(all(server.spend(limits(pageSize, 600)).read(THE_HOUR)));
  }

  @Test
  void theRecordedPagesAddUpThoughTheyAreServedWhateverIsAsked() throws IOException {
    List<String> pages = SpendLogServer.recordedPages();
    server.disturb((asked, answer) -> SpendLogServer.json(200, pages.get(asked.page() - 1)));
    assertRecorded(all(server.spend(limits(1_000, 3_600)).read(THE_HOUR)));
    assertThat(server.asked()).hasSize(pages.size());
  }

  @Test
  void oneTeamIsAskedForWithItsWholeName() {
    server.rows().addAll(SpendLogServer.recordedRows());
    List<SpendRow> acme =
        all(
            server
                .spend(SpendLimits.USUAL)
                .read(new SpendQuery(NINE, TEN, "team_acme", "request-1")));
    assertThat(acme).hasSize(129).allMatch(row -> "team_acme".equals(row.teamId()));
    assertThat(
            all(
                server
                    .spend(SpendLimits.USUAL)
                    .read(new SpendQuery(NINE, TEN, "ä b&page=1+%", null))))
        .isEmpty();
    assertThat(server.asked().get(server.asked().size() - 1).query().get("team_id"))
        .isEqualTo("ä b&page=1+%");
  }

  @Test
  void whatIsAskedIsWhatLiteLlmTakes() {
    Instant from = NINE.plusMillis(1_250);
    all(server.spend(limits(1_000, 600)).read(new SpendQuery(from, from.plusSeconds(60))));
    // Wider by what the seconds cut off and by the overlap, both ends included.
    assertThat(server.asked())
        .singleElement()
        .satisfies(
            asked ->
                assertThat(asked.query())
                    .isEqualTo(
                        Map.of(
                            "start_date",
                            "2026-11-23 08:59:56",
                            "end_date",
                            "2026-11-23 09:01:02",
                            "page",
                            "1",
                            "page_size",
                            "1000",
                            "sort_by",
                            "startTime",
                            "sort_order",
                            "asc")));
    assertThat(server.wireMock().getAllServeEvents().get(0).getRequest().getHeader("Authorization"))
        .isEqualTo("Bearer sk-litellm");
  }

  @Test
  void whereTheGatewayStopsCountingTheWindowIsHalved() {
    many(25_000, NINE, Duration.ofMinutes(30));
    SpendPages pages = server.spend(limits(1_000, 3_600)).read(THE_HOUR);
    assertEachOnce(all(pages), 25_000);
    assertThat(pages.missing()).isZero();
    // No page beyond those that are counted, and the first windows are the wide ones.
    assertThat(server.asked()).allMatch(asked -> asked.page() <= 10);
    assertThat(server.asked().get(0).to()).isEqualTo(TEN);
    assertThat(server.asked().get(1).to()).isEqualTo(NINE.plusSeconds(1_800));
    assertThat(server.asked().get(2).to()).isEqualTo(NINE.plusSeconds(900));
  }

  @Test
  void aSecondThatIsFullerThanTheGatewayCountsIsReadToItsEnd() {
    many(10_500, NINE.plusSeconds(100), Duration.ofMillis(900));
    many(10, NINE.plusSeconds(50), Duration.ofSeconds(10));
    assertEachOnce(all(server.spend(limits(1_000, 600)).read(THE_HOUR)), 10_510);
  }

  @Test
  void windowsGrowWhileThereIsLittleInThem() {
    many(100, NINE, Duration.ofHours(24));
    SpendQuery day = new SpendQuery(NINE, NINE.plus(Duration.ofHours(24)));
    assertEachOnce(all(server.spend(SpendLimits.USUAL).read(day)), 100);
    assertThat(server.asked()).hasSizeLessThan(12);
    assertThat(server.asked())
        .allMatch(
            asked ->
                Duration.between(asked.from(), asked.to())
                        .compareTo(Duration.ofHours(6).plusSeconds(5))
                    <= 0);
  }

  @Test
  void windowsOverlapAndLeaveNoGap() {
    many(5_000, NINE, Duration.ofMinutes(59));
    assertEachOnce(all(server.spend(limits(1_000, 60)).read(THE_HOUR)), 5_000);
    List<Asked> windows = server.asked().stream().filter(asked -> asked.page() == 1).toList();
    for (int i = 1; i < windows.size(); i++) {
      assertThat(windows.get(i).from()).isEqualTo(windows.get(i - 1).to().minusSeconds(5));
    }
    assertThat(windows.get(0).from()).isEqualTo(NINE.minusSeconds(5));
    assertThat(windows.get(windows.size() - 1).to()).isEqualTo(TEN);
  }

  @Test
  void equalStartTimesOverTheBordersOfPagesAreAllFound() {
    // Groups of 30 with one start time each, in an order that differs from query to query.
    for (int i = 0; i < 3_000; i++) {
      server.rows().add(Row.of("r" + i, NINE.plusSeconds(i / 30), ""));
    }
    SpendPages pages = server.spend(limits(100, 600)).read(THE_HOUR);
    assertEachOnce(all(pages), 3_000);
    assertThat(pages.missing()).isZero();
  }

  @Test
  void aThousandCallsOfOneMillisecondAreAllFound() {
    for (int i = 0; i < 1_000; i++) {
      server.rows().add(Row.of("r" + i, NINE.plusMillis(5), ""));
    }
    SpendPages pages = server.spend(limits(500, 600)).read(THE_HOUR);
    assertEachOnce(all(pages), 1_000);
    assertThat(pages.missing()).isZero();
  }

  @Test
  void rowsThatMoveBetweenPagesWhileTheyAreReadAreFound() {
    many(1_000, NINE, Duration.ofMinutes(5));
    AtomicInteger answers = new AtomicInteger();
    server.disturb(
        (asked, answer) -> {
          // Retention takes rows of pages that were read already: later ones move forward unseen.
          int number = answers.incrementAndGet();
          if (number == 2 || number == 4) {
            server.rows().subList(0, 3).clear();
          }
          if (number == 3) {
            server.rows().add(Row.of("late", NINE.plusMillis(1), ""));
          }
          return answer;
        });
    Set<String> found = ids(all(server.spend(limits(100, 600)).read(THE_HOUR)));
    assertThat(found).containsAll(idsInTable());
  }

  @Test
  void aRowThatIsWrittenWhileItsWindowIsReadIsFound() {
    many(500, NINE, Duration.ofMinutes(5));
    AtomicInteger answers = new AtomicInteger();
    server.disturb(
        (asked, answer) -> {
          if (answers.incrementAndGet() == 2) {
            server.rows().add(Row.of("late", NINE.plusMillis(1), ""));
          }
          return answer;
        });
    assertThat(ids(all(server.spend(limits(100, 600)).read(THE_HOUR)))).contains("late");
  }

  @Test
  void aPageThatComesInTheNextOnesPlaceIsNoticed() {
    many(1_000, NINE, Duration.ofMinutes(5));
    List<String> bodies = new ArrayList<>();
    server.disturb(
        (asked, answer) -> {
          bodies.add(answer.getBody());
          return bodies.size() == 4 ? SpendLogServer.json(200, bodies.get(2)) : answer;
        });
    SpendPages pages = server.spend(limits(100, 600)).read(THE_HOUR);
    assertEachOnce(all(pages), 1_000);
    assertThat(pages.missing()).isZero();
  }

  @Test
  void aPageThatNeverChangesEndsTheReadingAndIsTold() {
    many(20, NINE.plusSeconds(10), Duration.ofMillis(900));
    List<String> bodies = new ArrayList<>();
    server.disturb(
        (asked, answer) -> {
          bodies.add(answer.getBody());
          return SpendLogServer.json(200, bodies.get(0));
        });
    SpendPages pages =
        server.spend(limits(5, 3_600)).read(new SpendQuery(NINE, NINE.plusSeconds(20)));
    assertThat(ids(all(pages))).hasSize(5);
    assertThat(pages.missing()).isPositive();
  }

  @ParameterizedTest
  @CsvSource({"500, FAILED", "502, UNAVAILABLE", "503, UNAVAILABLE", "401, REFUSED_CREDENTIAL"})
  void afterAFailureInTheMiddleTheReadingGoesOn(int status, Kind kind) {
    many(1_000, NINE, Duration.ofMinutes(5));
    AtomicInteger failures = new AtomicInteger();
    server.disturb(
        (asked, answer) ->
            // As often as the gateway tries by itself.
            asked.page() == 3 && failures.incrementAndGet() <= (status / 100 == 5 ? 3 : 1)
                ? SpendLogServer.json(status, "{}")
                : answer);
    SpendPages pages = server.spend(limits(100, 600)).read(THE_HOUR);
    List<SpendRow> rows = new ArrayList<>();
    rows.addAll(pages.next().rows());
    rows.addAll(pages.next().rows());
    UpstreamException failure = catchThrowableOfType(UpstreamException.class, pages::next);
    assertThat(failure.kind()).isEqualTo(kind);
    if (status == 500) {
      // Not tried again by the gateway, so it fails twice more.
      assertThatThrownBy(pages::next).isInstanceOf(UpstreamException.class);
      assertThatThrownBy(pages::next).isInstanceOf(UpstreamException.class);
    }
    rows.addAll(all(pages));
    assertEachOnce(rows, 1_000);
  }

  @Test
  void aReadingCanBeTakenUpFromEveryWatermark() {
    many(600, NINE, Duration.ofMinutes(59));
    List<SpendPage> whole = new ArrayList<>();
    SpendPages pages = server.spend(limits(100, 300)).read(THE_HOUR);
    pages.forEachRemaining(whole::add);
    assertThat(whole.get(whole.size() - 1).watermark()).isEqualTo(TEN);
    for (int stopped = 0; stopped < whole.size(); stopped++) {
      Set<String> stored =
          whole.subList(0, stopped + 1).stream()
              .flatMap(page -> page.rows().stream())
              .map(SpendRow::requestId)
              .collect(Collectors.toSet());
      Instant watermark = whole.get(stopped).watermark();
      stored.addAll(ids(all(server.spend(limits(100, 300)).read(new SpendQuery(watermark, TEN)))));
      assertThat(stored).as("after page %d", stopped).isEqualTo(idsInTable());
    }
  }

  @Test
  void theWatermarkStaysUntilTheWindowIsWhole() {
    many(250, NINE, Duration.ofMinutes(5));
    SpendPages pages = server.spend(limits(100, 600)).read(THE_HOUR);
    assertThat(pages.next().watermark()).isEqualTo(NINE);
    assertThat(pages.next().watermark()).isEqualTo(NINE);
    assertThat(pages.next().watermark()).isEqualTo(NINE.plusSeconds(600));
  }

  @Test
  void pagesThatAreTooLargeAreAskedForInSmallerOnes() {
    for (int i = 0; i < 200; i++) {
      server
          .rows()
          .add(Row.of("r" + i, NINE.plusSeconds(i), ",\"x\":\"" + "y".repeat(1_000) + "\""));
    }
    SpendLimits small =
        new SpendLimits(
            200,
            Duration.ofMinutes(10),
            Duration.ofMinutes(10),
            Duration.ZERO,
            Duration.ofSeconds(10),
            40_000);
    assertEachOnce(all(server.spend(small).read(THE_HOUR)), 200);
    assertThat(server.asked().get(0).pageSize()).isEqualTo(200);
    assertThat(server.asked().get(server.asked().size() - 1).pageSize()).isEqualTo(25);
  }

  @Test
  void aRowThatAloneIsTooLargeIsAFailure() {
    server.rows().add(Row.of("r", NINE, ",\"x\":\"" + "y".repeat(50_000) + "\""));
    SpendLimits small =
        new SpendLimits(
            10,
            Duration.ofMinutes(10),
            Duration.ofMinutes(10),
            Duration.ZERO,
            Duration.ofSeconds(10),
            40_000);
    SpendPages pages = server.spend(small).read(THE_HOUR);
    assertThat(catchThrowableOfType(UpstreamException.class, pages::next).kind())
        .isEqualTo(Kind.TOO_LARGE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "s3cret",
        "[]",
        "{}",
        "{\"data\":[],\"total\":null}",
        "{\"data\":[],\"total\":-1}",
        "{\"data\":[],\"total\":1e3}",
        "{\"data\":[],\"total\":99999999999999999999}",
        "{\"data\":{\"s3cret\":1},\"total\":0}",
        "{\"data\":null,\"total\":0}",
        "{\"total\":0}",
        "{\"data\":[{\"request_id\":\"s3cret\"",
        "{\"data\":[],\"total\":0}{}",
        "<html>s3cret</html>"
      })
  void whatIsNoPageIsAFailureThatQuotesNothing(String body) {
    server.disturb((asked, answer) -> SpendLogServer.json(200, body));
    SpendPages pages = server.spend(SpendLimits.USUAL).read(THE_HOUR);
    assertThatThrownBy(pages::next)
        .isInstanceOfSatisfying(
            UpstreamException.class, e -> assertThat(e.kind()).isEqualTo(Kind.FAILED))
        .hasMessage("GET /litellm/spend/logs/v2 was answered with no page of rows")
        .hasNoCause();
  }

  @Test
  void anEmptyStretchIsOnePageAndNothingIsNone() {
    SpendPages pages =
        server.spend(limits(1_000, 600)).read(new SpendQuery(NINE, NINE.plusSeconds(1)));
    SpendPage page = pages.next();
    assertThat(page.rows()).isEmpty();
    assertThat(page.watermark()).isEqualTo(NINE.plusSeconds(1));
    assertThat(pages.hasNext()).isFalse();
    assertThatThrownBy(pages::next).isInstanceOf(NoSuchElementException.class);
    assertThat(server.spend(SpendLimits.USUAL).read(new SpendQuery(NINE, NINE)).hasNext())
        .isFalse();
  }

  private static void assertRecorded(List<SpendRow> rows) throws IOException {
    JsonNode gateway =
        new ObjectMapper()
            .readTree(SpendPagesTest.class.getResourceAsStream("/litellm/totals.json"))
            .get("gatewaySide");
    assertEachOnce(rows, gateway.get("rows").asInt());
    Map<String, Long> nanos = new TreeMap<>();
    Map<String, Integer> counts = new TreeMap<>();
    for (SpendRow row : rows) {
      String team = row.teamId() == null ? "" : row.teamId();
      nanos.merge(team, row.costNanos(), Long::sum);
      counts.merge(team, 1, Integer::sum);
    }
    Map<String, Long> expectedNanos = new TreeMap<>();
    gateway
        .get("spendNanosByTeam")
        .properties()
        .forEach(team -> expectedNanos.put(team.getKey(), team.getValue().asLong()));
    Map<String, Integer> expectedCounts = new TreeMap<>();
    gateway
        .get("rowsByTeam")
        .properties()
        .forEach(team -> expectedCounts.put(team.getKey(), team.getValue().asInt()));
    assertThat(nanos).isEqualTo(expectedNanos);
    assertThat(counts).isEqualTo(expectedCounts);
    assertThat(rows).extracting(SpendRow::callId).doesNotContainNull();
    Set<String> callIds = rows.stream().map(SpendRow::callId).collect(Collectors.toSet());
    gateway
        .get("callsOnlyAtTheGateway")
        .forEach(call -> assertThat(callIds).contains(call.asText()));
    assertThat(rows.stream().filter(SpendRow::cacheHit))
        .hasSize(13)
        .allMatch(row -> row.costNanos() == 0 && row.requestId().contains("_cache_hit"));
  }

  private static void assertEachOnce(List<SpendRow> rows, int count) {
    assertThat(rows.stream().map(SpendRow::requestId).distinct().count()).isEqualTo(count);
    assertThat(rows.size()).isEqualTo(count);
  }

  private void many(int count, Instant from, Duration over) {
    String prefix = "r" + server.rows().size() + "-";
    server
        .rows()
        .addAll(
            IntStream.range(0, count)
                .mapToObj(i -> Row.of(prefix + i, from.plusMillis(over.toMillis() * i / count), ""))
                .toList());
  }

  private Set<String> idsInTable() {
    return server.rows().stream()
        .map(row -> row.json().replaceAll("\\{\"request_id\":\"([^\"]*)\".*", "$1"))
        .collect(Collectors.toSet());
  }

  private static Set<String> ids(List<SpendRow> rows) {
    return rows.stream().map(SpendRow::requestId).collect(Collectors.toSet());
  }

  private static List<SpendRow> all(SpendPages pages) {
    List<SpendRow> rows = new ArrayList<>();
    pages.forEachRemaining(page -> rows.addAll(page.rows()));
    return rows;
  }

  private static SpendLimits limits(int pageSize, int windowSeconds) {
    return new SpendLimits(
        pageSize,
        Duration.ofSeconds(windowSeconds),
        Duration.ofHours(6),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        16 << 20);
  }
}
