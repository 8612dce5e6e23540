package io.platformapi.service.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.routes.message.CallOwner;
import io.platformapi.routes.message.SpendPage;
import io.platformapi.routes.message.SpendRow;
import io.platformapi.routes.port.TenantDirectory;
import io.platformapi.service.reconciliation.TwoBooks.Call;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Where the gateway's rows go, and who reads them. */
class SpendLogBookTest {
  private static final Instant NINE = Instant.parse("2026-11-22T09:00:00Z");
  private static TwoBooks books;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @BeforeAll
  static void start() {
    books = new TwoBooks();
  }

  @AfterAll
  static void stop() {
    books.close();
  }

  @Test
  void rowsGoToTheTenantOfTheirTeamOnceAndTheLastOneStays() {
    String tenant = books.newTenant();
    SpendLogBook book = book(Map.of("red", tenant, "blue", tenant));
    Call call = Call.of(1, NINE);
    book.store(null, page(NINE, of(call, "red"), of(Call.of(2, NINE), "blue")));
    book.store(null, page(NINE.plusSeconds(60), of(call.nanos(77), "red")));
    assertThat(
            books.column(
                tenant,
                "SELECT concat_ws(' ', request_id, call_id, team_id, cost_nanos, started_at AT"
                    + " TIME ZONE 'UTC', changed_at IS NULL, received->>'spend') FROM"
                    + " gateway_calls ORDER BY 1"))
        .containsExactly(
            "answer-1 call-1 red 77 2026-11-22 09:00:01.123 f 77",
            "answer-2 call-2 blue 3000 2026-11-22 09:00:02.123 t 3000");
    // A row that says the same is no change.
    book.store(null, page(NINE, of(Call.of(2, NINE), "blue")));
    assertThat(
            books.column(tenant, "SELECT count(*) FROM gateway_calls WHERE changed_at IS NOT NULL"))
        .containsExactly("1");
  }

  @Test
  void theWatermarkNeverGoesBackAndEachTeamHasItsOwn() {
    SpendLogBook book = book(Map.of());
    String team = "team-" + java.util.UUID.randomUUID();
    assertThat(book.watermark(team)).isEmpty();
    book.store(team, page(NINE));
    book.store(team, page(NINE.minusSeconds(5)));
    assertThat(book.watermark(team)).contains(NINE);
    assertThat(book.watermark(team + "x")).isEmpty();
  }

  @Test
  void rowsOfNoTenantAreKeptAndCountedOnce() {
    SpendLogBook book = book(Map.of());
    SpendRow row = of(Call.of(700, NINE), "nobody");
    book.store(null, page(NINE, row, of(Call.of(701, NINE), null)));
    book.store(null, page(NINE, row));
    assertThat(rows("unknown_tenant")).isEqualTo(2);
    assertThat(
            books.node.inAdmin.<String>sql(
                connection -> {
                  try (var statement = connection.createStatement();
                      var found =
                          statement.executeQuery(
                              "SELECT string_agg(concat_ws(' ', request_id, team_id, cost_nanos,"
                                  + " received->>'spend'), ', ' ORDER BY request_id) FROM"
                                  + " spend_orphans")) {
                    found.next();
                    return found.getString(1);
                  }
                }))
        .isEqualTo("answer-700 nobody 701000 701000, answer-701 702000 702000");
  }

  @Test
  void aTenantWithoutADatabaseHoldsUpNoOther() {
    String tenant = books.newTenant();
    SpendLogBook book = book(Map.of("red", tenant, "gone", "a-tenant-that-is-away"));
    book.store(null, page(NINE, of(Call.of(1, NINE), "gone"), of(Call.of(2, NINE), "red")));
    assertThat(books.column(tenant, "SELECT request_id FROM gateway_calls"))
        .containsExactly("answer-2");
    assertThat(rows("tenant_unavailable")).isEqualTo(1);
  }

  @Test
  void oneNodeReadsUntilItStopsTo() {
    SpendTurn first = new SpendTurn(books.node.inAdmin, Duration.ofMinutes(5));
    SpendTurn second = new SpendTurn(books.node.inAdmin, Duration.ofMinutes(5));
    assertThat(first.getAsBoolean()).isTrue();
    assertThat(second.getAsBoolean()).isFalse();
    assertThat(first.getAsBoolean()).isTrue();
    books.node.inAdmin.sql(
        connection -> {
          try (var statement = connection.createStatement()) {
            return statement.executeUpdate("UPDATE spend_turn SET until = clock_timestamp()");
          }
        });
    assertThat(second.getAsBoolean()).isTrue();
    assertThat(first.getAsBoolean()).isFalse();
  }

  private SpendLogBook book(Map<String, String> teams) {
    TenantDirectory directory =
        new TenantDirectory() {
          @Override
          public Optional<String> tenantOf(CallOwner owner) {
            return Optional.ofNullable(owner.teamId()).map(teams::get);
          }

          @Override
          public boolean knows(String tenantId) {
            return true;
          }
        };
    return new SpendLogBook(
        books.node.inAdmin, books.node.inTenant, directory, meters, books.clock);
  }

  private double rows(String outcome) {
    return meters.get("platform.spend.rows").tag("outcome", outcome).counter().count();
  }

  private static SpendPage page(Instant watermark, SpendRow... rows) {
    return new SpendPage(List.of(rows), List.of(), watermark);
  }

  private static SpendRow of(Call call, String team) {
    return TwoBooks.owned(call.row(), team);
  }
}
