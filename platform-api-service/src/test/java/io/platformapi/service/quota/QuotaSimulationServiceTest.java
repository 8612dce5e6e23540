package io.platformapi.service.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.problem.UnavailableException;
import io.platformapi.service.problem.ValidationException;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaAmounts;
import io.platformapi.service.quota.reservation.Settlements;
import io.platformapi.service.quota.simulation.SimulatedQuotas;
import io.platformapi.service.usage.GeneratedCalls;
import io.platformapi.service.usage.LedgerFixture;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class QuotaSimulationServiceTest {
  private static final Instant FROM = Instant.parse("2026-10-01T00:00:00Z");
  private static final Instant TO = Instant.parse("2026-11-02T00:00:00Z");
  private static final int ALL = 1000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private static QuotaFixture fixture;
  private static QuotaSimulationService simulations;

  @BeforeAll
  static void start() {
    fixture = new QuotaFixture();
    simulations =
        new QuotaSimulationService(
            fixture.ledger.node.inTenant, LedgerFixture::tenantOf, fixture.clock);
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void itRefusesWhatReservationsOfTheSameCallsRefuse() throws IOException {
    int refusals = 0;
    for (long seed = 1; seed <= 4; seed++) {
      Random random = new Random(seed);
      List<Quota> quotas = List.copyOf(SimulatedQuotas.of(random, 8));
      List<UsageRecord> calls = new GeneratedCalls(seed).inOrder(80);
      String reserving = fixture.newTenant();
      fixture.put(reserving, quotas);
      List<UUID> refused = new ArrayList<>();
      for (UsageRecord call : calls) {
        fixture.clock.set(call.startedAt());
        if (!Settlements.reserveAndSettle(fixture, reserving, call, QuotaAmounts.of(call))) {
          refused.add(call.eventId());
        }
      }
      String recorded = fixture.newTenant();
      fixture.post(recorded, calls);
      QuotaSimulationReport report = run(recorded, quotas, FROM, TO);
      assertThat(report.calls())
          .as("seed %d", seed)
          .extracting(QuotaSimulationReport.RefusedCall::eventId)
          .containsExactlyElementsOf(refused);
      assertThat(report.examined()).isEqualTo(80);
      assertThat(report.refused()).isEqualTo(refused.size());
      refusals += refused.size();
    }
    assertThat(refusals).isBetween(20, 300);
  }

  @Test
  void whatWasUsedBeforeThePeriodCountsInTheWindowsThatAreOpen() throws IOException {
    String tenant = fixture.newTenant();
    List<UsageRecord> calls = new GeneratedCalls(9).inOrder(30);
    fixture.post(tenant, calls);
    String items =
        """
        [{"dimension":"requests","window":"lifetime","limit":20},
         {"dimension":"requests","scope":{"type":"model","id":"nothing"},"window":"day","limit":0}]
        """;
    Instant from = calls.get(12).startedAt();
    QuotaSimulationReport report = run(tenant, items, from, TO);
    assertThat(report.examined()).isEqualTo(18);
    assertThat(report.calls())
        .extracting(QuotaSimulationReport.RefusedCall::eventId)
        .containsExactlyElementsOf(
            calls.subList(20, 30).stream().map(UsageRecord::eventId).toList());
    QuotaSimulationReport.RefusingQuota quota = report.quotas().get(0);
    assertThat(report.quotas()).hasSize(1);
    assertThat(quota.item()).isZero();
    assertThat(quota.refused()).isEqualTo(10);
    assertThat(quota.named()).isEqualTo(10);
    assertThat(quota.firstRefusedAt()).isEqualTo(calls.get(20).startedAt());
    assertThat(quota.lastRefusedAt()).isEqualTo(calls.get(29).startedAt());
    assertThat(report.calls().get(0).refusedBy())
        .containsExactly(new QuotaSimulationReport.Reason(0, 1L, 0L, 0L, null));
    long saved = calls.subList(20, 30).stream().mapToLong(UsageRecord::costNanos).sum();
    assertThat(report.saved().cost().toNanos("saved")).isEqualTo(saved);
    assertThat(report.saved().requests()).isEqualTo(10);
    assertThat(report.used().requests()).isEqualTo(18);
    assertThat(
            report.subjects().stream()
                .filter(subject -> subject.scope().equals("team"))
                .mapToLong(QuotaSimulationReport.RefusedSubject::refused)
                .sum())
        .isEqualTo(calls.subList(20, 30).stream().filter(call -> call.teamId() != null).count());
    // The end is not in the period.
    assertThat(run(tenant, items, from, calls.get(20).startedAt()).refused()).isZero();
  }

  @Test
  void aLongOneTellsHowFarItIs() throws IOException {
    String tenant = fixture.newTenant();
    GeneratedCalls calls = new GeneratedCalls(11);
    for (int i = 0; i < 11; i++) {
      fixture.post(tenant, calls.calls(1000));
    }
    List<QuotaSimulationProgress> told = new ArrayList<>();
    QuotaSimulationReport report =
        simulations.run(
            simulations.prepare(
                tenant,
                asked("[{\"dimension\":\"requests\",\"window\":\"lifetime\",\"limit\":9999}]"),
                20_000),
            3,
            told::add);
    assertThat(told).extracting(QuotaSimulationProgress::read).containsExactly(5000L, 10_000L);
    assertThat(told).extracting(QuotaSimulationProgress::total).containsOnly(11_000L);
    assertThat(told.get(1).refused()).isEqualTo(1);
    assertThat(report.examined()).isEqualTo(11_000);
    assertThat(report.refused()).isEqualTo(1001);
    assertThat(report.calls()).hasSize(3);
  }

  @Test
  void tooManyCallsAreRefusedBeforeTheyAreRead() {
    String tenant = fixture.newTenant();
    fixture.post(tenant, new GeneratedCalls(12).calls(11));
    assertThat(simulations.prepare(tenant, asked("[]"), 11).calls()).isEqualTo(11);
    assertThatThrownBy(() -> simulations.prepare(tenant, asked("[]"), 10))
        .isInstanceOfSatisfying(
            ValidationException.class,
            e -> assertThat(e.fields().get(0).message()).contains("more than 10 calls"));
  }

  @Test
  void onlyAFewRunAtOnce() throws IOException {
    String tenant = fixture.newTenant();
    GeneratedCalls calls = new GeneratedCalls(13);
    for (int i = 0; i < 6; i++) {
      fixture.post(tenant, calls.calls(1000));
    }
    QuotaSimulationService.Prepared prepared = simulations.prepare(tenant, asked("[]"), 20_000);
    List<String> refused = new ArrayList<>();
    simulations.run(
        prepared,
        1,
        first ->
            simulations.run(
                prepared,
                1,
                second -> {
                  try {
                    simulations.run(prepared, 1, third -> {});
                  } catch (UnavailableException e) {
                    refused.add(e.getMessage());
                  }
                }));
    assertThat(refused).containsExactly("other simulations are running");
    assertThat(simulations.run(prepared, 1, progress -> {}).examined()).isEqualTo(6000);
  }

  private static QuotaSimulationReport run(
      String tenant, List<Quota> quotas, Instant from, Instant to) throws IOException {
    List<NewQuotas.Item> items = new ArrayList<>();
    for (Quota quota : quotas) {
      items.add(
          JSON.convertValue(
              JSON.valueToTree(QuotaDefinition.of(quota, QuotaOrigin.TENANT, "USD")),
              NewQuotas.Item.class));
    }
    return run(tenant, new NewQuotaSimulation(items, from, to));
  }

  private static QuotaSimulationReport run(String tenant, String items, Instant from, Instant to)
      throws IOException {
    NewQuotaSimulation asked = asked(items);
    return run(tenant, new NewQuotaSimulation(asked.items(), from, to));
  }

  private static QuotaSimulationReport run(String tenant, NewQuotaSimulation asked)
      throws IOException {
    return simulations.run(simulations.prepare(tenant, asked, 10_000), ALL, progress -> {});
  }

  private static NewQuotaSimulation asked(String items) {
    try {
      List<NewQuotas.Item> read = new ArrayList<>();
      for (JsonNode item : JSON.readTree(items)) {
        read.add(JSON.convertValue(item, NewQuotas.Item.class));
      }
      return new NewQuotaSimulation(read, FROM, TO);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
