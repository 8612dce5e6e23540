package io.platformapi.service.quota.reservation;

import static io.platformapi.service.quota.reservation.Reserving.event;
import static io.platformapi.service.quota.reservation.Reserving.granted;
import static io.platformapi.service.quota.reservation.Reserving.release;
import static io.platformapi.service.quota.reservation.Reserving.request;
import static io.platformapi.service.quota.reservation.Reserving.settle;
import static io.platformapi.service.quota.reservation.Reserving.tokens;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.platformapi.routes.message.CallStatus;
import io.platformapi.routes.message.UsageBatch;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.outbox.OutboxRelay;
import io.platformapi.service.quota.QuotaFixture;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaMode;
import io.platformapi.service.quota.engine.QuotaSelector;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.Quotas;
import io.platformapi.service.quota.engine.WindowKind;
import io.platformapi.service.usage.LedgerScope;
import io.platformapi.service.usage.LedgerStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What others are told of balances, through the outbox. */
class QuotaAlertsTest {
  private static final QuotaWindow DAY = QuotaWindow.of(WindowKind.DAY);
  private static final String THRESHOLD = "quota.threshold_reached";
  private static final String EXCEEDED = "quota.exceeded";

  private static QuotaFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new QuotaFixture();
    fixture.ledger.node.mapper.disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void usageThatCrossesAThresholdIsToldOfOnceInAWindow() {
    Quota quota = Quotas.with(day(100), 100, 50, 80, 90);
    String tenant = tenantWith(quota);
    UsageRecord first = event("a", CallStatus.SUCCESS, 49, fixture.clock.instant());
    fixture.post(tenant, List.of(first));
    assertThat(alerts(tenant)).isEmpty();
    // One event jumps over two; the same events again, and more of the same window, tell nothing.
    UsageRecord second = event("b", CallStatus.SUCCESS, 36, fixture.clock.instant());
    fixture.post(tenant, List.of(second, first));
    List<JsonNode> told = alerts(tenant);
    assertThat(told).extracting(QuotaAlertsTest::brief).containsExactly("50", "80");
    fixture.post(tenant, List.of(first, second));
    fixture.post(tenant, List.of(event("c", CallStatus.SUCCESS, 1, fixture.clock.instant())));
    assertThat(alerts(tenant)).isEmpty();
    fixture.post(tenant, List.of(event("d", CallStatus.SUCCESS, 14, fixture.clock.instant())));
    assertThat(alerts(tenant)).extracting(QuotaAlertsTest::brief).containsExactly("90", "exceeded");
    // An event that comes late belongs to its own window, of which nothing has been told.
    fixture.post(
        tenant,
        List.of(
            event("e", CallStatus.SUCCESS, 60, fixture.clock.instant().minus(Duration.ofDays(1)))));
    JsonNode late = alerts(tenant).get(0);
    assertThat(brief(late)).isEqualTo("50");
    assertThat(late.at("/payload/windowStart").textValue()).isEqualTo("2026-10-31T00:00:00Z");
    assertThat(late.at("/payload/resetAt").textValue()).isEqualTo("2026-11-01T00:00:00Z");

    JsonNode event = told.get(0);
    assertThat(event.properties())
        .extracting(Map.Entry::getKey)
        .containsExactly(
            "eventId",
            "type",
            "occurredAt",
            "tenantId",
            "platformId",
            "correlationId",
            "actor",
            "payload");
    assertThat(event.get("type").textValue()).isEqualTo(THRESHOLD);
    assertThat(event.get("actor").textValue()).isEqualTo("ledger");
    assertThat(event.get("correlationId").textValue())
        .isEqualTo(
            fixture.ledger.single(
                tenant, "SELECT id FROM ledger_batches ORDER BY id OFFSET 1 LIMIT 1"));
    assertThat(event.get("payload").toString())
        .isEqualTo(
            """
            {"tenantId":"%s","quotaId":"%s","dimension":"input_tokens","scope":{"type":"tenant","id":null},\
            "subject":{},"window":"day","windowStart":"2026-11-01T00:00:00Z",\
            "resetAt":"2026-11-02T00:00:00Z","mode":"enforce","limit":100,"granted":0,"used":85,"held":0,\
            "threshold":50}"""
                .formatted(tenant, quota.id()));
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void eachNameOfAQuotaForEachIsToldOfForItself() {
    Quota quota =
        Quotas.quota(
            QuotaDimension.COST,
            QuotaSelector.of(
                Map.of(LedgerScope.TEAM, "red", LedgerScope.USER, "*", LedgerScope.MODEL, "*")),
            DAY,
            0,
            QuotaMode.ENFORCE);
    String tenant = tenantWith(quota);
    assertThat(fixture.reservations.reserve(tenant, request(tokens(1))))
        .isInstanceOf(Outcome.Refused.class);
    fixture.reservations.reserve(tenant, request("call-9", "bob", tokens(1), null));
    List<JsonNode> told = alerts(tenant);
    assertThat(told)
        .extracting(event -> event.at("/payload/subject").toString())
        .containsExactly(
            "{\"user\":\"ann\",\"model\":\"gpt-4o\"}", "{\"user\":\"bob\",\"model\":\"gpt-4o\"}");
    JsonNode bob = told.get(1);
    assertThat(bob.get("actor").textValue()).isEqualTo("tests");
    assertThat(bob.get("correlationId").textValue()).isEqualTo("call-9");
    assertThat(bob.at("/payload/limit/amount").textValue()).isEqualTo("0.000000000");
    assertThat(bob.get("payload").has("threshold")).isFalse();
  }

  @Test
  void aRefusalIsToldOfOnceAndLaterOnesWriteNothing() {
    String tenant = tenantWith(day(10));
    granted(reserve(tenant, 10));
    assertThat(alerts(tenant)).isEmpty();
    assertThat(reserve(tenant, 1)).isInstanceOf(Outcome.Refused.class);
    assertThat(alerts(tenant)).extracting(QuotaAlertsTest::brief).containsExactly("exceeded");
    String written = rows(tenant);
    for (int i = 0; i < 5; i++) {
      assertThat(reserve(tenant, 1)).isInstanceOf(Outcome.Refused.class);
    }
    assertThat(rows(tenant)).isEqualTo(written);
    assertThat(alerts(tenant)).isEmpty();
    // A window of its own.
    fixture.clock.move(Duration.ofDays(1));
    assertThat(reserve(tenant, 11)).isInstanceOf(Outcome.Refused.class);
    assertThat(alerts(tenant)).extracting(QuotaAlertsTest::brief).containsExactly("exceeded");
    fixture.clock.move(Duration.ofDays(-1));
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void whoIsRefusedOnlyByHoldsOverTheirTimeIsNotRefused() {
    String tenant = tenantWith(day(10));
    granted(reserve(tenant, 10));
    fixture.clock.move(Reserving.TTL);
    granted(reserve(tenant, 10));
    assertThat(alerts(tenant)).isEmpty();
    assertThat(reserve(tenant, 1)).isInstanceOf(Outcome.Refused.class);
    assertThat(alerts(tenant)).hasSize(1);
  }

  @Test
  void aSettlementTellsAndWhatIsTakenBackDoesNotTellAgain() {
    Quota quota = Quotas.with(day(100), 100, 50);
    String tenant = tenantWith(quota);
    UUID id = granted(reserve(tenant, "call-1", 10)).id();
    fixture.reservations.end(tenant, settle(id, tokens(120)));
    assertThat(alerts(tenant)).extracting(QuotaAlertsTest::brief).containsExactly("50", "exceeded");
    fixture.post(tenant, List.of(event("call-1", CallStatus.SUCCESS, 5, fixture.clock.instant())));
    fixture.post(tenant, List.of(event("call-2", CallStatus.SUCCESS, 99, fixture.clock.instant())));
    assertThat(alerts(tenant)).isEmpty();
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void otherLimitsAndOtherThresholdsAreToldOfAnew() {
    Quota quota = Quotas.with(day(100), 100, 50);
    String tenant = tenantWith(quota);
    fixture.post(tenant, List.of(event("a", CallStatus.SUCCESS, 60, fixture.clock.instant())));
    assertThat(reserve(tenant, 50)).isInstanceOf(Outcome.Refused.class);
    assertThat(alerts(tenant)).extracting(QuotaAlertsTest::brief).containsExactly("50", "exceeded");
    // Another priority tells nothing else.
    fixture.put(tenant, List.of(Quotas.with(quota, 7, 50)));
    assertThat(reserve(tenant, 50)).isInstanceOf(Outcome.Refused.class);
    assertThat(alerts(tenant)).isEmpty();
    fixture.put(tenant, List.of(Quotas.with(quota, 7, 20, 50)));
    UUID id = granted(reserve(tenant, 1)).id();
    assertThat(alerts(tenant)).extracting(QuotaAlertsTest::brief).containsExactly("20", "50");
    fixture.reservations.end(tenant, release(id));
    assertThat(alerts(tenant)).isEmpty();
  }

  @Test
  void twoNodesThatCrossAtOnceTellOnce() throws Exception {
    Quota quota = Quotas.with(day(2_000), 100, 25, 50, 75);
    Quota rolling =
        Quotas.with(
            Quotas.of(QuotaDimension.INPUT_TOKENS, QuotaWindow.rolling(Duration.ofHours(5)), 1_500),
            100,
            50);
    String tenant = tenantWith(quota, rolling);
    ReservationService otherNode = fixture.service(fixture.otherBooks());
    LedgerStore otherUsage = fixture.usage(fixture.otherBooks());
    ExecutorService clients = Executors.newFixedThreadPool(8);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int client = 0; client < 8; client++) {
        int number = client;
        running.add(
            clients.submit(
                () -> {
                  for (int i = 0; i < 25; i++) {
                    UsageRecord call =
                        event(number + "-" + i, CallStatus.SUCCESS, 10, fixture.clock.instant());
                    UsageBatch batch = new UsageBatch(List.of(call), List.of());
                    (number % 2 == 0 ? fixture.usage : otherUsage).store(tenant, batch);
                    (number % 2 == 0 ? fixture.reservations : otherNode)
                        .reserve(tenant, request(tokens(5_000)));
                  }
                }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } finally {
      clients.shutdownNow();
    }
    List<JsonNode> told = alerts(tenant);
    assertThat(told)
        .filteredOn(event -> of(event, quota))
        .extracting(QuotaAlertsTest::brief)
        .containsExactlyInAnyOrder("25", "50", "75", "exceeded");
    assertThat(told)
        .filteredOn(event -> of(event, rolling))
        .extracting(QuotaAlertsTest::brief)
        .containsExactlyInAnyOrder("50", "exceeded");
    assertThat(fixture.findings(tenant)).isEmpty();
  }

  @Test
  void whatIsRolledBackHasNotBeenTold() {
    Quota quota = Quotas.with(day(100), 100, 50);
    String tenant = tenantWith(quota);
    fixture.ledger.execute(
        tenant, "ALTER TABLE ledger_batches ADD CONSTRAINT crash CHECK (events > 1)");
    UsageRecord call = event("a", CallStatus.SUCCESS, 60, fixture.clock.instant());
    assertThatThrownBy(() -> fixture.post(tenant, List.of(call)))
        .isInstanceOf(RuntimeException.class);
    fixture.ledger.execute(tenant, "ALTER TABLE ledger_batches DROP CONSTRAINT crash");
    assertThat(alerts(tenant)).isEmpty();
    fixture.post(tenant, List.of(call));
    assertThat(alerts(tenant)).extracting(QuotaAlertsTest::brief).containsExactly("50");
  }

  private static boolean of(JsonNode event, Quota quota) {
    return event.at("/payload/quotaId").textValue().equals(quota.id().toString());
  }

  private static String brief(JsonNode event) {
    return event.get("type").textValue().equals(EXCEEDED)
        ? "exceeded"
        : event.at("/payload/threshold").asText();
  }

  private static Quota day(long limit) {
    return Quotas.of(QuotaDimension.INPUT_TOKENS, DAY, limit);
  }

  private static Outcome reserve(String tenant, long tokens) {
    return reserve(tenant, null, tokens);
  }

  private static Outcome reserve(String tenant, String requestId, long tokens) {
    return fixture.reservations.reserve(tenant, request(requestId, "ann", tokens(tokens), null));
  }

  private static String tenantWith(Quota... quotas) {
    String tenant = fixture.newTenant();
    fixture.put(tenant, List.of(quotas));
    return tenant;
  }

  /** Changes with every write of a balance. */
  private static String rows(String tenant) {
    return fixture.ledger.single(
        tenant, "SELECT string_agg(xmin::text || ctid::text, ',') FROM quota_balances");
  }

  /** What the relay publishes about thresholds and limits since it was asked last. */
  private static List<JsonNode> alerts(String tenant) {
    OutboxRelay relay =
        new OutboxRelay(
            fixture.ledger.node.inAdmin,
            fixture.ledger.node.inTenant,
            fixture.ledger.node.databases,
            Duration.ofHours(1));
    List<JsonNode> found = new ArrayList<>();
    while (relay.relay(
            500,
            messages ->
                messages.forEach(
                    message -> {
                      try {
                        found.add(fixture.ledger.node.mapper.readTree(message.value()));
                      } catch (IOException e) {
                        throw new AssertionError(e);
                      }
                    }))
        > 0) {
      // All of it.
    }
    found.removeIf(
        event ->
            !event.get("tenantId").textValue().equals(tenant)
                || !List.of(THRESHOLD, EXCEEDED).contains(event.get("type").textValue()));
    return found;
  }
}
