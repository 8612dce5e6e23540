package io.platformapi.service.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.audit.AuditEntry;
import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.auth.Access;
import io.platformapi.service.auth.AuthAudit;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.Credential;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.auth.ResourceView;
import io.platformapi.service.auth.RowColumns;
import io.platformapi.service.auth.RowFilter;
import io.platformapi.service.http.Idempotency;
import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.http.PageRequest;
import io.platformapi.service.http.RateLimit;
import io.platformapi.service.outbox.OutboxWriter;
import io.platformapi.service.problem.FieldProblem;
import io.platformapi.service.problem.ForbiddenException;
import io.platformapi.service.problem.PreconditionFailedException;
import io.platformapi.service.problem.UnauthenticatedException;
import io.platformapi.service.problem.ValidationException;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaMode;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.Quotas;
import io.platformapi.service.quota.engine.WindowKind;
import io.platformapi.service.usage.GeneratedCalls;
import io.platformapi.service.usage.LedgerFixture;
import jakarta.ws.rs.core.Response;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class QuotaServiceTest {
  private static final Instant NOW = Instant.parse("2026-11-01T01:30:00Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  private static final LongConsumer ANY_VERSION = version -> {};
  private static final Plan NO_PLAN = new Plan("none", PlanStamp.NEVER, Map.of());
  private static final Deque<Plan> NEXT_PLANS = new ArrayDeque<>();
  private static LedgerFixture ledger;
  private static QuotaService quotas;
  private static UsageService usage;
  private static LedgerService book;

  @BeforeAll
  static void start() {
    ledger = new LedgerFixture(AuditEntry.class);
    ledger.node.mapper.disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);
    quotas =
        new QuotaService(
            new QuotaChanges() {
              @Override
              public <T> T around(String tenantId, Supplier<T> transaction) {
                return transaction.get();
              }
            },
            ledger.node.inTenant,
            ledger.node.tenantSessions,
            LedgerFixture::tenantOf,
            tenant -> NEXT_PLANS.isEmpty() ? NO_PLAN : NEXT_PLANS.remove(),
            new AuditLog(ledger.node.tenantSessions, ledger.node.mapper, CLOCK),
            new OutboxWriter(ledger.node.tenantSessions, ledger.node.mapper, CLOCK, told -> {}),
            new Idempotency(ledger.node.tenantSessions, ledger.node.mapper, CLOCK),
            CLOCK);
    usage = new UsageService(ledger.node.inTenant, LedgerFixture::tenantOf, CLOCK);
    book = new LedgerService(ledger.node.inTenant, LedgerFixture::tenantOf);
  }

  @AfterAll
  static void stop() {
    ledger.close();
  }

  @Test
  void aSetIsReplacedAsAWholeAndWhatStaysKeepsItsId() {
    String tenant = ledger.newTenant();
    VersionedQuotas first =
        put(tenant, item("cost", "tenant", null, "month", money("25")), requests("model", "m1", 5));
    VersionedQuotas second =
        put(tenant, item("cost", "tenant", null, "month", money("30")), requests("user", "u1", 9));
    assertThat(first.version()).isEqualTo(1);
    assertThat(second.version()).isEqualTo(2);
    assertThat(ids(second)).containsOnlyOnce(idOf(first, "cost")).hasSize(2);
    VersionedQuotas read = quotas.list(tenant, PageRequest.parse(null, null, "quotas", 1));
    assertThat(read.version()).isEqualTo(2);
    assertThat(read.page().items()).isEqualTo(second.page().items());
    assertThat(count(tenant, "audit_events")).isEqualTo("2");
    assertThat(ledger.single(tenant, "SELECT value::json->'payload' FROM outbox ORDER BY id DESC"))
        .contains("\"budget\":{\"amount\":\"30.000000000\",\"currency\":\"USD\"}")
        .contains("\"start\":\"2026-11-01T00:00:00Z\"")
        .contains("\"inputTokens\":0");
  }

  @Test
  void whoAsksWithAnEarlierStateOfThePlanIsJudgedByTheLatestOne() {
    String tenant = ledger.newTenant();
    quotas.follow(tenant, plan(2, 10));
    NEXT_PLANS.add(plan(1, 1_000));
    NEXT_PLANS.add(plan(2, 10));
    assertThatThrownBy(() -> put(tenant, requests("tenant", null, 11)))
        .isInstanceOf(ValidationException.class);
    assertThat(NEXT_PLANS).isEmpty();
    quotas.follow(tenant, plan(1, 1_000));
    assertThat(ledger.single(tenant, "SELECT limit_value FROM quotas")).isEqualTo("10");
    // A change of the plan is one of the limits, in audit and events.
    quotas.follow(tenant, plan(3, 12));
    quotas.follow(tenant, plan(4, 12));
    assertThat(ledger.single(tenant, "SELECT limit_value || origin FROM quotas"))
        .isEqualTo("12plan");
    assertThat(count(tenant, "audit_events") + count(tenant, "outbox")).isEqualTo("22");
    assertThat(ledger.single(tenant, "SELECT value::json->>'actor' FROM outbox"))
        .isEqualTo("platform");
  }

  private static Plan plan(long version, long limit) {
    Quota quota = Quotas.of(QuotaDimension.REQUESTS, QuotaWindow.of(WindowKind.MONTH), limit);
    return new Plan(
        "test",
        new PlanStamp(version, 1),
        Map.of(quota.naturalKey(), new PlanQuota(quota, null, limit, QuotaMode.ENFORCE)));
  }

  @Test
  void theSameSetAgainChangesNothing() {
    String tenant = ledger.newTenant();
    VersionedQuotas first = put(tenant, requests("tenant", null, 5));
    assertThat(put(tenant, requests("tenant", null, 5))).isEqualTo(first);
    assertThat(count(tenant, "audit_events") + count(tenant, "outbox")).isEqualTo("11");
  }

  @Test
  void aRefusedPreconditionLeavesTheSetAsItWas() {
    String tenant = ledger.newTenant();
    put(tenant, requests("tenant", null, 5));
    assertThatThrownBy(
            () ->
                put(
                    tenant,
                    Optional.empty(),
                    version -> {
                      throw new PreconditionFailedException();
                    },
                    requests("tenant", null, 6)))
        .isInstanceOf(PreconditionFailedException.class);
    assertThat(quotas.list(tenant, PageRequest.parse(null, null, "quotas", 1)).version())
        .isEqualTo(1);
  }

  @Test
  void aRepeatedRequestGetsTheFirstAnswerEvenAfterAnotherChange() {
    String tenant = ledger.newTenant();
    Optional<IdempotentRequest> request =
        Optional.of(new IdempotentRequest("scope", "key", new byte[] {1}));
    put(tenant, request, ANY_VERSION, requests("tenant", null, 5));
    put(tenant, requests("tenant", null, 6));
    List<VersionedQuotas> answered = new ArrayList<>();
    Response again =
        quotas.replace(
            new QuotaChange(caller(tenant), request, ANY_VERSION),
            new NewQuotas(null, List.of(requests("tenant", null, 5))),
            found -> {
              answered.add(found);
              return Response.ok().build();
            });
    assertThat(answered).isEmpty();
    assertThat(again.getHeaderString(Idempotency.REPLAYED_HEADER)).isEqualTo("true");
    assertThat(ledger.single(tenant, "SELECT limit_value FROM quotas")).isEqualTo("6");
  }

  @Test
  void everyBrokenRuleIsNamedAtOnce() {
    String tenant = ledger.newTenant();
    assertThatThrownBy(
            () ->
                put(
                    tenant,
                    item("tokens", "tenant", null, "year", json("1")),
                    item("requests", "tenant", "x", "day", json("-1")),
                    item("requests", "model", "", "day", json("1.0")),
                    item("cost", "tenant", null, "month", json("25")),
                    item("cost", "tenant", null, "day", json("{'amount':'1','currency':'EUR'}")),
                    item("cost", "tenant", null, "hour", money("1e3")),
                    requests("team", "t", 1),
                    requests("team", "t", 2)))
        .isInstanceOfSatisfying(
            ValidationException.class,
            e ->
                assertThat(e.fields())
                    .extracting(FieldProblem::field)
                    .containsExactlyInAnyOrder(
                        "items[0].dimension",
                        "items[0].window",
                        "items[1].scope.id",
                        "items[1].limit",
                        "items[2].scope.id",
                        "items[2].limit",
                        "items[3].limit",
                        "items[4].limit.currency",
                        "items[5].limit.amount",
                        "items[7]"));
    assertThat(count(tenant, "quotas")).isEqualTo("0");
  }

  @Test
  void aTenantWithoutUsageHasAnItemOfZeros() {
    String tenant = ledger.newTenant();
    UsageAnswer answer = usage(tenant, null, null, null, PageRequest.parse(null, null, "usage", 2));
    assertThat(answer.page().items()).hasSize(1);
    UsageReport report = answer.page().items().get(0);
    assertThat(report.usage().requests()).isZero();
    assertThat(report.usage().cost().amount()).isEqualTo("0.000000000");
    assertThat(report.window().start()).isEqualTo("2026-11-01T00:00:00Z");
    assertThat(report.window().end()).isEqualTo("2026-12-01T00:00:00Z");
  }

  @Test
  void whatIsLeftNeverGoesBelowZeroAndWhatIsUsedIsShownInFull() {
    String tenant = ledger.newTenant();
    put(
        tenant,
        item("requests", "tenant", null, "month", json("1")),
        item("total_tokens", "tenant", null, "month", json("1000000000")),
        item("requests", "tenant", null, "day", json("7")));
    ledger.store(
        tenant,
        List.of(new GeneratedCalls(1).call(NOW), new GeneratedCalls(2).call(NOW.plusSeconds(1))));
    UsageAnswer answer = usage(tenant, null, null, null, PageRequest.parse(null, null, "usage", 2));
    UsageReport report = answer.page().items().get(0);
    assertThat(report.quotas()).hasSize(2);
    UsageReport.Limit requests = report.quotas().get(0);
    assertThat(List.of(requests.used(), requests.remaining())).isEqualTo(List.of(2L, 0L));
    assertThat(requests.resetAt()).isEqualTo("2026-12-01T00:00:00Z");
    UsageReport.Limit tokens = report.quotas().get(1);
    assertThat((long) tokens.used() + (long) tokens.remaining()).isEqualTo(1_000_000_000L);
    assertThat(RateLimit.put(Response.ok(), answer.limits()).build().getHeaderString("RateLimit"))
        .startsWith("\"requests-month\";r=0;t=");
  }

  @Test
  void windowsAreUtcCalendarUnits() {
    String tenant = ledger.newTenant();
    GeneratedCalls calls = new GeneratedCalls(3);
    for (String time :
        List.of(
            "2026-10-31T23:59:59.999999Z",
            "2026-11-01T00:00:00Z",
            "2026-11-01T01:00:00Z",
            "2026-11-01T23:59:59Z",
            "2026-11-02T00:00:00Z",
            "2020-02-29T00:00:00Z")) {
      ledger.store(tenant, List.of(calls.call(Instant.parse(time))));
    }
    PageRequest page = PageRequest.parse(null, null, "usage", 2);
    assertThat(requests(usage(tenant, null, null, "hour", page))).isEqualTo(1);
    assertThat(requests(usage(tenant, null, null, "day", page))).isEqualTo(3);
    assertThat(requests(usage(tenant, null, null, "month", page))).isEqualTo(4);
    assertThat(requests(usage(tenant, null, null, "lifetime", page))).isEqualTo(6);
  }

  @Test
  void pagesOfAScopeListEverybodyOnceWithUnusedLimitsAndAddUpToTheTenant() {
    String tenant = ledger.newTenant();
    put(tenant, requests("end_user", "never called", 5));
    List<UsageRecord> calls = new GeneratedCalls(4).calls(200);
    ledger.store(tenant, calls);
    Set<String> names = new HashSet<>();
    long total = 0;
    String cursor = null;
    do {
      PageRequest page = PageRequest.parse("7", cursor, "usage", 2);
      UsageAnswer answer = usage(tenant, "end_user", null, "lifetime", page);
      for (UsageReport report : answer.page().items()) {
        assertThat(names.add(report.scope().id())).isTrue();
        total += report.usage().requests();
      }
      cursor = answer.page().nextCursor();
    } while (cursor != null);
    assertThat(total)
        .isEqualTo(
            calls.stream().filter(c -> c.endUser() != null && !c.endUser().isEmpty()).count());
    UsageAnswer month =
        usage(tenant, "end_user", null, null, PageRequest.parse("200", null, "usage", 2));
    assertThat(month.page().items()).anyMatch(r -> r.scope().id().equals("never called"));
  }

  @Test
  void theLedgerIsReadInPagesAndSumsToZero() {
    String tenant = ledger.newTenant();
    ledger.store(tenant, new GeneratedCalls(5).calls(50));
    ledger.store(tenant, new GeneratedCalls(6).calls(50));
    LedgerQuery all = new LedgerQuery(null, null, null, null, null, null);
    List<LedgerEntry> entries = new ArrayList<>();
    String cursor = null;
    do {
      var page = book.entries(tenant, all, PageRequest.parse("50", cursor, "ledger", 3));
      entries.addAll(page.items());
      cursor = page.nextCursor();
    } while (cursor != null);
    assertThat(Integer.toString(entries.size())).isEqualTo(count(tenant, "ledger_postings"));
    assertThat(new HashSet<>(entries)).hasSameSizeAs(entries);
    assertThat(entries.stream().mapToLong(e -> e.amounts().inputTokens()).sum()).isZero();
    assertThat(
            entries.stream()
                .map(e -> new BigDecimal(e.amounts().cost().amount()))
                .reduce(BigDecimal.ZERO, BigDecimal::add))
        .isEqualByComparingTo(BigDecimal.ZERO);

    LedgerEntry newest = entries.get(0);
    PageRequest page = PageRequest.parse("200", null, "ledger", 3);
    LedgerQuery batch = new LedgerQuery(null, null, null, null, null, newest.batchId());
    assertThat(book.entries(tenant, batch, page).items())
        .isNotEmpty()
        .allMatch(e -> e.batchId().equals(newest.batchId()));
    LedgerQuery account =
        new LedgerQuery(UsageParameters.account("tenant:" + tenant), null, null, null, null, null);
    assertThat(book.entries(tenant, account, page).items())
        .isNotEmpty()
        .allMatch(e -> e.account().key().equals(tenant) && e.amounts().inputTokens() >= 0);
    LedgerQuery source =
        new LedgerQuery(UsageParameters.account("tenant:"), null, null, null, null, null);
    assertThat(book.entries(tenant, source, page).items())
        .isNotEmpty()
        .allMatch(e -> e.account().label().equals("source") && e.amounts().inputTokens() <= 0);
    LedgerQuery later =
        new LedgerQuery(null, null, null, newest.postedAt().plusMillis(1), null, null);
    assertThat(book.entries(tenant, later, page).items()).isEmpty();
    LedgerQuery until =
        new LedgerQuery(null, null, null, newest.postedAt(), newest.postedAt().plusMillis(1), null);
    assertThat(book.entries(tenant, until, page).items()).contains(newest);
  }

  private static UsageAnswer usage(
      String tenant, String scope, String scopeId, String window, PageRequest page) {
    return usage.usage(
        tenant,
        UsageParameters.query(
            tenant, new UsageParameters.Asked(scope, scopeId, window, null, null, null), NOW),
        page);
  }

  private static long requests(UsageAnswer answer) {
    return answer.page().items().get(0).usage().requests();
  }

  private static VersionedQuotas put(String tenant, NewQuotas.Item... items) {
    return put(tenant, Optional.empty(), ANY_VERSION, items);
  }

  private static VersionedQuotas put(
      String tenant,
      Optional<IdempotentRequest> request,
      LongConsumer precondition,
      NewQuotas.Item... items) {
    List<VersionedQuotas> answered = new ArrayList<>();
    quotas.replace(
        new QuotaChange(caller(tenant), request, precondition),
        new NewQuotas(null, List.of(items)),
        found -> {
          answered.add(found);
          return Response.ok(found.page()).build();
        });
    return answered.get(0);
  }

  private static Caller caller(String tenant) {
    return new Caller(
        new Credential(Credential.Kind.TOKEN, null),
        "somebody",
        null,
        null,
        tenant,
        "default",
        Set.of(),
        new NothingElse(),
        "request-1");
  }

  private static NewQuotas.Item requests(String scope, String id, long limit) {
    return item("requests", scope, id, "month", json(Long.toString(limit)));
  }

  private static NewQuotas.Item item(
      String dimension, String scope, String id, String window, JsonNode limit) {
    ObjectNode scoped = ledger.node.mapper.createObjectNode().put("type", scope).put("id", id);
    return new NewQuotas.Item(
        null, dimension, scoped, new TextNode(window), limit, "enforce", null, null, null);
  }

  private static JsonNode money(String amount) {
    return json("{'amount':'%s','currency':'USD'}".formatted(amount));
  }

  private static JsonNode json(String text) {
    try {
      return ledger.node.mapper.readTree(text.replace('\'', '"'));
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static List<String> ids(VersionedQuotas set) {
    return set.page().items().stream().map(q -> q.id().toString()).toList();
  }

  private static String idOf(VersionedQuotas set, String dimension) {
    return set.page().items().stream()
        .filter(q -> q.dimension().equals(dimension))
        .map(q -> q.id().toString())
        .findFirst()
        .orElseThrow();
  }

  private static String count(String tenant, String table) {
    return ledger.single(tenant, "SELECT count(*) FROM " + table);
  }

  /** May do what its endpoint is for. */
  private static final class NothingElse implements Access {
    @Override
    public RowFilter rows(RowColumns columns) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void checkPresent(String what, ResourceView resource) {}

    @Override
    public void checkWanted(ResourceView resource) {}

    @Override
    public boolean allows(Permission other, ResourceView resource) {
      return false;
    }

    @Override
    public ForbiddenException refuse(AuthAudit.Reason reason, String message) {
      return new ForbiddenException(message);
    }

    @Override
    public UnauthenticatedException refuseCredential(String message) {
      return new UnauthenticatedException(true, message);
    }
  }
}
