package io.platformapi.service.quota;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaAmounts;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaGrant;
import io.platformapi.service.quota.engine.QuotaMode;
import io.platformapi.service.quota.engine.QuotaSelector;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.Quotas;
import io.platformapi.service.quota.engine.WindowKind;
import io.platformapi.service.quota.reservation.Settlements;
import io.platformapi.service.usage.GeneratedCalls;
import io.platformapi.service.usage.LedgerFixture;
import io.platformapi.service.usage.LedgerScope;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A tenant's grants in simulations, on the real database. */
class SimulatedSetTest {
  private static final int SEEDS = 12;
  private static final int CALLS = 60;
  private static final int TOKENS = 2500;
  private static final Instant FIRST_CALLS = Instant.parse("2026-10-31T19:30:00Z");
  private static final Instant BEGINNING = Instant.parse("2026-10-01T00:00:00Z");
  private static final Instant END = Instant.parse("2026-11-02T00:00:00Z");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final WindowKind[] WINDOWS = {
    WindowKind.HOUR, WindowKind.HOUR, WindowKind.DAY, WindowKind.MONTH, WindowKind.LIFETIME
  };

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
  void itRefusesWhatReservationsOfTheSameCallsRefuseThatDrawFromTheSameGrants() throws IOException {
    int refusals = 0;
    int withoutGrants = 0;
    int startedLess = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      Random random = new Random(seed);
      Quota quota = quota(random);
      List<QuotaGrant> grants = grants(random, quota);
      List<UsageRecord> calls = new GeneratedCalls(seed).inOrder(CALLS);
      int first = seed % 3 == 0 ? 0 : random.nextInt(CALLS * 2 / 3);

      String reserving = tenant(quota, grants);
      List<UUID> refused = new ArrayList<>();
      for (int i = 0; i < CALLS; i++) {
        UsageRecord call = calls.get(i);
        fixture.clock.set(call.startedAt());
        if (i < first) {
          fixture.post(reserving, List.of(call));
        } else if (!Settlements.reserveAndSettle(fixture, reserving, call, QuotaAmounts.of(call))) {
          refused.add(call.eventId());
        }
      }

      // Here nobody is refused: what the grants have given is another thing.
      List<QuotaGrant> same = new ArrayList<>();
      Quota other = quota.withId(UUID.randomUUID());
      for (QuotaGrant grant : grants) {
        same.add(of(other, grant));
      }
      String recorded = tenant(other, same);
      for (UsageRecord call : calls) {
        fixture.clock.set(call.startedAt());
        fixture.post(recorded, List.of(call));
      }
      Instant from = first == 0 ? BEGINNING : calls.get(first).startedAt();
      QuotaSimulationService.Prepared prepared = prepare(recorded, quota, from);
      QuotaSimulationReport report = simulations.run(prepared, CALLS, progress -> {});
      assertThat(report.calls())
          .as("seed %d", seed)
          .extracting(QuotaSimulationReport.RefusedCall::eventId)
          .containsExactlyElementsOf(refused);
      refusals += refused.size();
      startedLess += drawnBefore(recorded, prepared).isEmpty() ? 0 : 1;

      String without = fixture.newTenant();
      fixture.clock.set(END);
      fixture.post(without, calls);
      withoutGrants +=
          simulations.run(prepare(without, quota, from), CALLS, progress -> {}).refused();
    }
    assertThat(refusals).isBetween(SEEDS * 2, withoutGrants - SEEDS * 2);
    assertThat(startedLess).isGreaterThan(1);
  }

  @Test
  void aGrantStartsWithWhatEarlierWindowsHaveLeftAlsoWhenTheirRowsAreGone() throws IOException {
    Quota quota = Quotas.of(QuotaDimension.REQUESTS, QuotaWindow.of(WindowKind.HOUR), 10);
    Instant hour = Instant.parse("2026-11-01T10:00:00Z");
    QuotaGrant grant =
        new QuotaGrant(
            UUID.randomUUID(), quota.id(), null, 9, hour.minusSeconds(1), QuotaWindow.END, 100);
    String tenant = tenant(quota, List.of(grant));
    GeneratedCalls calls = new GeneratedCalls(1);
    post(tenant, calls, hour, 14);
    post(tenant, calls, hour.plus(Duration.ofHours(1)), 13);
    post(tenant, calls, hour.plus(Duration.ofHours(2)), 20);
    // 4 and 3 are drawn, then the 2 that are left.
    assertThat(refused(tenant, quota, hour)).isEqualTo(8);
    Instant second = hour.plus(Duration.ofHours(1));
    assertThat(refused(tenant, quota, second)).isEqualTo(8);
    Instant third = hour.plus(Duration.ofHours(2));
    assertThat(refused(tenant, quota, third)).isEqualTo(8);
    fixture.ledger.node.inTenant.sql(
        tenant,
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(
                  "DELETE FROM quota_balances WHERE quota_id = ? AND slot = ?")) {
            statement.setObject(1, grant.id());
            statement.setObject(2, second.atOffset(ZoneOffset.UTC));
            return statement.executeUpdate();
          }
        });
    assertThat(refused(tenant, quota, third)).isEqualTo(8);
    // What the second hour has drawn counts as drawn before: less than it had, never more.
    assertThat(refused(tenant, quota, second)).isEqualTo(3 + 8);
    fixture.revoke(tenant, grant.id());
    assertThat(refused(tenant, quota, third)).isEqualTo(10);
  }

  private static int refused(String tenant, Quota quota, Instant from) throws IOException {
    return (int) simulations.run(prepare(tenant, quota, from), CALLS, progress -> {}).refused();
  }

  private static void post(String tenant, GeneratedCalls calls, Instant hour, int number) {
    for (int i = 0; i < number; i++) {
      fixture.clock.set(hour.plusSeconds(i));
      fixture.post(tenant, List.of(calls.call(fixture.clock.instant())));
    }
  }

  private static Map<?, Long> drawnBefore(String tenant, QuotaSimulationService.Prepared prepared) {
    return fixture.ledger.node.inTenant.sql(
        tenant, connection -> prepared.set().drawnBefore(connection, prepared.from(), CALLS));
  }

  private static String tenant(Quota quota, List<QuotaGrant> grants) {
    String tenant = fixture.newTenant();
    fixture.put(tenant, List.of(quota));
    grants.forEach(grant -> fixture.grant(tenant, grant));
    fixture.told(tenant);
    return tenant;
  }

  /** Of which the generated calls hit the limit. */
  private static Quota quota(Random random) {
    boolean each = random.nextBoolean();
    WindowKind kind = WINDOWS[random.nextInt(WINDOWS.length)];
    boolean requests = random.nextBoolean();
    return Quotas.quota(
        requests ? QuotaDimension.REQUESTS : QuotaDimension.TOTAL_TOKENS,
        each
            ? QuotaSelector.of(Map.of(LedgerScope.API_KEY, QuotaSelector.EACH))
            : QuotaSelector.TENANT,
        QuotaWindow.of(kind),
        calls(kind, each) * (requests ? 1 : TOKENS),
        QuotaMode.ENFORCE);
  }

  /** A third of what is made in a window. */
  private static long calls(WindowKind kind, boolean each) {
    int all =
        switch (kind) {
          case HOUR -> CALLS / 8;
          case LIFETIME -> CALLS;
          default -> CALLS / 2;
        };
    return Math.max(1, all / (each ? 15 : 3));
  }

  private static List<QuotaGrant> grants(Random random, Quota quota) {
    List<QuotaGrant> grants = new ArrayList<>();
    int number = 1 + random.nextInt(2);
    for (int i = 0; i < number; i++) {
      Instant from = FIRST_CALLS.plus(Duration.ofMinutes(random.nextInt(300)));
      Instant until =
          switch (random.nextInt(4)) {
            case 0 -> from.plus(Duration.ofMinutes(30 + random.nextInt(200)));
            case 1 -> QuotaGrant.end(quota.window(), from, null, false);
            default -> QuotaWindow.END;
          };
      boolean all = quota.selector().each().isEmpty() || random.nextInt(3) > 0;
      grants.add(
          new QuotaGrant(
              UUID.randomUUID(),
              quota.id(),
              all ? null : quota.selector().subject(Map.of(LedgerScope.API_KEY, "hash-1")),
              1 + random.nextLong(2 * quota.limit()),
              from,
              until,
              random.nextInt(2)));
    }
    return grants;
  }

  private static QuotaSimulationService.Prepared prepare(String tenant, Quota quota, Instant from) {
    NewQuotas.Item item =
        JSON.convertValue(
            JSON.valueToTree(QuotaDefinition.of(quota, QuotaOrigin.TENANT, "USD")),
            NewQuotas.Item.class);
    return simulations.prepare(tenant, new NewQuotaSimulation(List.of(item), from, END), 10_000);
  }

  private static QuotaGrant of(Quota quota, QuotaGrant grant) {
    return new QuotaGrant(
        UUID.randomUUID(),
        quota.id(),
        grant.subject(),
        grant.amount(),
        grant.from(),
        grant.until(),
        grant.priority());
  }
}
