package io.platformapi.routes.gateway.litellm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.routes.gateway.KongServer;
import io.platformapi.routes.gateway.UpstreamException;
import io.platformapi.routes.gateway.litellm.SpendLogServer.Asked;
import io.platformapi.routes.gateway.litellm.SpendLogServer.Row;
import io.platformapi.routes.gateway.litellm.SpendPull.Timing;
import io.platformapi.routes.message.SpendPage;
import io.platformapi.routes.message.SpendPullResult;
import io.platformapi.routes.message.SpendRow;
import io.platformapi.routes.port.SpendBook;
import io.platformapi.routes.port.StoreUnavailableException;
import io.platformapi.routes.support.RouteMeters;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SpendPullTest {
  private static final Instant NINE = Instant.parse("2026-11-23T09:00:00Z");
  private static final Instant TEN = Instant.parse("2026-11-23T10:00:00Z");
  private static final Timing TIMING = new Timing(Duration.ofMinutes(2), Duration.ofMinutes(15));

  private final SpendLogServer server = new SpendLogServer();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Book book = new Book();
  private BooleanSupplier stopping = () -> false;

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void theRecordingComesIntoTheBookAsItIs() {
    server.rows().addAll(SpendLogServer.recordedRows());
    SpendPullResult result = pull(null, TEN.plusSeconds(120), 100);
    JsonNode gateway = KongServer.resource("/litellm/totals.json").get("gatewaySide");
    assertThat(book.rows).hasSize(gateway.get("rows").asInt());
    long nanos = 0;
    for (JsonNode team : gateway.get("spendNanosByTeam")) {
      nanos += team.asLong();
    }
    assertThat(book.rows.values().stream().mapToLong(SpendRow::costNanos).sum()).isEqualTo(nanos);
    assertThat(result).isEqualTo(new SpendPullResult(book.rows.size(), 0, 0, TEN, true));
    assertThat(book.watermark).isEqualTo(TEN);
    assertThat(meters.get("platform.spend.rows").tag("outcome", "stored").counter().count())
        .isEqualTo(book.rows.size());
  }

  @Test
  void theNextPullGoesOnFromTheWatermarkAndFindsWhatCameUpBehindIt() {
    many(100, NINE, Duration.ofMinutes(50));
    pull(TEN, 1_000);
    int before = server.asked().size();
    // A call of ten minutes, and one too old to be looked for.
    server.rows().add(Row.of("late", NINE.plusSeconds(47 * 60), ""));
    server.rows().add(Row.of("too-late", NINE.plusSeconds(60), ""));
    server.rows().add(Row.of("new", NINE.plusSeconds(59 * 60), ""));
    pull(TEN.plusSeconds(180), 1_000);
    assertThat(book.rows).containsKeys("late", "new").doesNotContainKey("too-late").hasSize(102);
    assertThat(book.watermark).isEqualTo(TEN.plusSeconds(60));
    assertThat(asked(before))
        .allMatch(asked -> !asked.from().isBefore(NINE.plusSeconds(43 * 60).minusSeconds(5)));
  }

  @Test
  void callsThatHaveNotSettledAreNotAskedFor() {
    many(10, NINE, Duration.ofMinutes(10));
    pull(NINE.plusSeconds(300), 1_000);
    assertThat(server.asked()).allMatch(asked -> !asked.to().isAfter(NINE.plusSeconds(180)));
    assertThat(book.watermark).isEqualTo(NINE.plusSeconds(180));
    int before = server.asked().size();
    assertThat(pull(NINE, 1_000).watermark()).isEqualTo(NINE.plusSeconds(180));
    assertThat(server.asked()).hasSize(before);
  }

  @Test
  void whereverAPullDiesTheNextOneCompletesTheBook() {
    // More in the first window than LiteLLM counts, and many calls of one moment.
    many(7_600, NINE, Duration.ofMinutes(9));
    many(2_500, NINE.plusSeconds(300), Duration.ZERO);
    SpendPullResult whole = pull(TEN, 1_000);
    assertThat(whole.rows()).isEqualTo(10_100);
    assertThat(whole.missing()).isZero();
    Map<String, SpendRow> undisturbed = Map.copyOf(book.rows);
    int pages = book.stored;
    assertThat(pages).isGreaterThan(12);
    for (int dies : new int[] {1, 2, pages / 2, pages}) {
      book.clear();
      book.failAt = dies;
      assertThatThrownBy(() -> pull(TEN, 1_000)).isInstanceOf(StoreUnavailableException.class);
      assertThat(book.stored).isEqualTo(dies - 1);
      book.failAt = 0;
      Instant left = book.watermark;
      int before = server.asked().size();
      pull(TEN, 1_000);
      assertThat(book.rows).as("died at page %d", dies).isEqualTo(undisturbed);
      if (left != null) {
        Instant again = left.minus(TIMING.reachBack()).minusSeconds(5);
        assertThat(asked(before)).allMatch(asked -> !asked.from().isBefore(again));
      }
    }
  }

  @Test
  void whatWasStoredBeforeTheGatewayFailedStays() {
    many(5_000, NINE, Duration.ofMinutes(50));
    server.disturb(
        (asked, answer) ->
            asked.page() == 3 ? SpendLogServer.json(503, "{\"detail\":\"away\"}") : answer);
    assertThatThrownBy(() -> pull(TEN, 100)).isInstanceOf(UpstreamException.class);
    assertThat(book.rows).isNotEmpty().hasSizeLessThan(5_000);
    server.disturb((asked, answer) -> answer);
    pull(TEN, 100);
    assertThat(book.rows).hasSize(5_000);
  }

  @Test
  void theWatermarkNeverGoesBack() {
    many(100, NINE, Duration.ofMinutes(50));
    pull(TEN, 10);
    book.lowest = book.watermark;
    pull(TEN.plusSeconds(600), 10);
    assertThat(book.watermark).isEqualTo(TEN.plusSeconds(480));
  }

  @Test
  void toldToStopItEndsAfterThePageAtHand() {
    many(1_000, NINE, Duration.ofMinutes(50));
    stopping = () -> book.stored == 2;
    SpendPullResult stopped = pull(TEN, 10);
    assertThat(stopped.complete()).isFalse();
    assertThat(stopped.rows()).isEqualTo(book.rows.size()).isPositive();
    stopping = () -> false;
    assertThat(pull(TEN, 100).complete()).isTrue();
    assertThat(book.rows).hasSize(1_000);
  }

  @Test
  void oneUnusableRowIsToldAndTheOthersCount() {
    many(10, NINE, Duration.ofMinutes(10));
    server.rows().add(new Row(NINE.plusSeconds(5), "team_acme", "{\"request_id\":\"no-time\"}"));
    SpendPullResult result = pull(TEN, 1_000);
    assertThat(result.rows()).isEqualTo(10);
    assertThat(result.faults()).isOne();
    assertThat(meters.get("platform.spend.rows").tag("outcome", "unusable").counter().count())
        .isEqualTo(1);
  }

  private SpendPullResult pull(Instant now, int pageSize) {
    return pull("team_acme", now, pageSize);
  }

  private SpendPullResult pull(String team, Instant now, int pageSize) {
    SpendLimits limits =
        new SpendLimits(
            pageSize,
            Duration.ofMinutes(10),
            Duration.ofHours(6),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            16 << 20);
    return new SpendPull(
            server.spend(limits),
            book,
            TIMING,
            () -> stopping.getAsBoolean(),
            new RouteMeters(meters),
            Clock.fixed(now, ZoneOffset.UTC))
        .pull(team, NINE, "run-1");
  }

  private List<Asked> asked(int since) {
    return server.asked().subList(since, server.asked().size());
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

  /** A book in memory that may fail at a page, as a database may. */
  private static final class Book implements SpendBook {
    private final Map<String, SpendRow> rows = new HashMap<>();
    private Instant watermark;
    private Instant lowest = Instant.MIN;
    private int stored;
    private int failAt;

    void clear() {
      rows.clear();
      watermark = null;
      stored = 0;
    }

    @Override
    public Optional<Instant> watermark(String teamId) {
      return Optional.ofNullable(watermark);
    }

    @Override
    public void store(String teamId, SpendPage page) {
      if (stored + 1 == failAt) {
        throw new StoreUnavailableException("down", null);
      }
      stored++;
      page.rows().forEach(row -> rows.put(row.requestId(), row));
      watermark = page.watermark();
      assertThat(watermark).isAfterOrEqualTo(lowest);
    }
  }
}
