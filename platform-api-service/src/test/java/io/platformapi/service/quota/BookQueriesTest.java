package io.platformapi.service.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.http.PageRequest;
import io.platformapi.service.quota.engine.QuotaAmounts;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.WindowKind;
import io.platformapi.service.quota.reservation.Settlements;
import io.platformapi.service.usage.GeneratedCalls;
import io.platformapi.service.usage.LedgerFixture;
import io.platformapi.service.usage.LedgerScope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BookQueriesTest {
  private static final Instant LATER = Instant.parse("2026-11-01T03:30:00Z");
  private static final List<WindowKind> WINDOWS =
      List.of(
          WindowKind.HOUR, WindowKind.DAY, WindowKind.WEEK, WindowKind.MONTH, WindowKind.LIFETIME);

  private static QuotaFixture fixture;
  private static UsageService usage;
  private static LedgerService book;

  @BeforeAll
  static void start() {
    fixture = new QuotaFixture();
    usage = new UsageService(fixture.ledger.node.inTenant, LedgerFixture::tenantOf, fixture.clock);
    book = new LedgerService(fixture.ledger.node.inTenant, LedgerFixture::tenantOf);
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void whatWasUsedAsOfAnInstantIsWhatWasPostedBeforeIt() {
    String tenant = fixture.newTenant();
    GeneratedCalls calls = new GeneratedCalls(3);
    calls.deliveries(calls.calls(60), 6).forEach(batch -> fixture.post(tenant, batch));
    List<LedgerEntry> entries = all(tenant, query(null, null));
    SortedSet<Instant> posted = new TreeSet<>();
    entries.forEach(entry -> posted.add(entry.postedAt()));
    assertThat(posted).hasSizeGreaterThan(2);
    List<Instant> instants = new ArrayList<>(posted);
    instants.add(posted.last().plusNanos(1));
    for (Instant asOf : instants) {
      for (WindowKind kind : WINDOWS) {
        QuotaWindow window = QuotaWindow.of(kind);
        for (LedgerScope scope : List.of(LedgerScope.TENANT, LedgerScope.USER, LedgerScope.MODEL)) {
          for (Instant at : List.of(LATER, LATER.minusSeconds(4 * 3600))) {
            Map<String, Long> expected =
                entries.stream()
                    .filter(entry -> entry.postedAt().isBefore(asOf))
                    .filter(entry -> entry.account().scope().equals(scope.wire()))
                    .filter(entry -> !entry.account().key().isEmpty())
                    .filter(entry -> !entry.bucket().isBefore(window.start(at)))
                    .filter(entry -> entry.bucket().isBefore(window.end(at)))
                    .collect(
                        Collectors.groupingBy(
                            entry -> entry.account().key(),
                            Collectors.summingLong(entry -> entry.amounts().inputTokens())));
            String id = scope == LedgerScope.TENANT ? tenant : null;
            Map<String, Long> found =
                usage
                    .usage(tenant, new UsageQuery(scope, id, window, at, asOf, null), page(null))
                    .page()
                    .items()
                    .stream()
                    .collect(
                        Collectors.toMap(
                            report -> report.scope().id(), report -> report.usage().inputTokens()));
            found.values().removeIf(tokens -> tokens == 0);
            expected.values().removeIf(tokens -> tokens == 0);
            assertThat(found).as("%s %s as of %s", scope, kind, asOf).isEqualTo(expected);
          }
        }
      }
    }
  }

  @Test
  void aSeriesIsTheWindowInParts() {
    String tenant = fixture.newTenant();
    GeneratedCalls calls = new GeneratedCalls(4);
    fixture.post(tenant, calls.calls(50));
    fixture.post(tenant, calls.calls(50));
    Instant between = all(tenant, query(null, null)).get(0).postedAt();
    for (WindowKind kind : WINDOWS) {
      for (SeriesStep step : SeriesStep.values()) {
        if (!step.fits(kind)) {
          continue;
        }
        for (Instant asOf : new Instant[] {null, between}) {
          for (Instant at : List.of(LATER, LATER.minusSeconds(4 * 3600))) {
            UsageQuery whole =
                new UsageQuery(LedgerScope.TENANT, tenant, QuotaWindow.of(kind), at, asOf, null);
            UsageReport told =
                one(
                    tenant,
                    new UsageQuery(
                        LedgerScope.TENANT, tenant, QuotaWindow.of(kind), at, asOf, step));
            assertThat(told.usage()).isEqualTo(one(tenant, whole).usage());
            assertThat(
                    told.series().points().stream()
                        .mapToLong(point -> point.usage().totalTokens())
                        .sum())
                .as("%s by %s", kind, step)
                .isEqualTo(told.usage().totalTokens());
          }
        }
      }
    }
    assertThat(
            one(
                    tenant,
                    new UsageQuery(
                        LedgerScope.TENANT,
                        tenant,
                        QuotaWindow.of(WindowKind.LIFETIME),
                        LATER,
                        null,
                        SeriesStep.MONTH))
                .series()
                .points())
        .extracting(point -> point.start().toString())
        .containsExactly("2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z");
  }

  @Test
  void aCallIsFoundByItsIdAndByThatOfItsEvent() {
    String tenant = fixture.newTenant();
    List<UsageRecord> calls = new GeneratedCalls(5).calls(40);
    fixture.post(tenant, calls.subList(0, 20));
    fixture.post(tenant, calls.subList(20, 40));
    for (UsageRecord call : calls) {
      List<LedgerEntry> byEvent = all(tenant, query(call.eventId().toString(), null));
      assertThat(all(tenant, query(call.callId(), null))).isEqualTo(byEvent);
      TreeSet<String> accounts = new TreeSet<>();
      accounts.add("tenant:" + tenant);
      for (LedgerScope scope : LedgerScope.values()) {
        String name = scope.nameOf(call);
        if (name != null && !name.isEmpty()) {
          accounts.add(scope.wire() + ":" + scope.accountName(name));
        }
      }
      assertThat(byEvent)
          .extracting(entry -> entry.account().scope() + ":" + entry.account().key())
          .containsExactlyInAnyOrderElementsOf(accounts);
      assertThat(byEvent)
          .allSatisfy(
              entry ->
                  assertThat(call.startedAt())
                      .isBetween(entry.bucket(), entry.bucket().plusSeconds(3600)));
    }
    assertThat(all(tenant, query("nothing", null))).isEmpty();
    assertThat(all(tenant, query(UUID.randomUUID().toString(), null))).isEmpty();
  }

  @Test
  void whatWasSettledAndTakenBackIsFoundInBothBatches() {
    String tenant = fixture.newTenant();
    QuotaAmounts actual = new QuotaAmounts(70, 0, 1, 0, 0, 0);
    Settlements.settleThenTell(fixture, tenant, "call-1", actual, 100);
    List<LedgerEntry> entries =
        all(tenant, query("call-1", null)).stream()
            .filter(entry -> entry.account().scope().equals("tenant"))
            .toList();
    // The event's batch posts its own tokens and takes back those of the settlement.
    assertThat(entries)
        .extracting(entry -> entry.source() + " " + entry.amounts().inputTokens())
        .containsExactly("gateway 30", "settlement 70");
    assertThat(all(tenant, query("call-1", "settlement")))
        .isNotEmpty()
        .allSatisfy(entry -> assertThat(entry.source()).isEqualTo("settlement"));
    assertThat(all(tenant, query(null, "settlement")))
        .extracting(LedgerEntry::batchId)
        .containsOnly(entries.get(1).batchId());
    assertThat(all(tenant, query(null, "reconciliation"))).isEmpty();
  }

  private static LedgerQuery query(String event, String source) {
    return new LedgerQuery(
        null, LedgerParameters.event(event), LedgerParameters.source(source), null, null, null);
  }

  private static UsageReport one(String tenant, UsageQuery query) {
    return usage.usage(tenant, query, page(null)).page().items().get(0);
  }

  private static List<LedgerEntry> all(String tenant, LedgerQuery query) {
    List<LedgerEntry> entries = new ArrayList<>();
    String cursor = null;
    do {
      var page = book.entries(tenant, query, PageRequest.parse("100", cursor, "ledger", 3));
      entries.addAll(page.items());
      cursor = page.nextCursor();
    } while (cursor != null);
    return entries;
  }

  private static PageRequest page(String cursor) {
    return cursor == null
        ? new PageRequest(PageRequest.MAX_LIMIT, Optional.empty())
        : PageRequest.parse("200", cursor, UsageService.LIST, UsageService.CURSOR_PARTS);
  }
}
