package io.platformapi.service.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.service.persistence.ConnectionSettings;
import io.platformapi.service.persistence.DatabaseUnavailableException;
import io.platformapi.service.testing.TestDatabases;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AttemptLogTest {
  private static final int ATTEMPTS = 400;
  private static final int THREADS = 32;
  private static final int PER_ACTOR = 3;
  private static final int IN_ALL = 5;
  private static final int GROUPS = 2;
  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00.123456Z");

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private TestDatabases node;
  private AttemptLog attempts;

  @BeforeEach
  void start() {
    node =
        TestDatabases.create(
            ConnectionSettings.ofBudget(2), List.of(AuditEntry.class), List.of(AuditEntry.class));
    attempts = attempts(new AttemptBudget(PER_ACTOR, IN_ALL, GROUPS));
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void thoseThatComeTogetherAreAllKeptInFewTransactions() throws Exception {
    AttemptLog wide = attempts(new AttemptBudget(ATTEMPTS, ATTEMPTS, GROUPS));
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> pending = new ArrayList<>();
      for (int i = 0; i < ATTEMPTS; i++) {
        String request = "request-" + i;
        pending.add(
            threads.submit(
                () -> {
                  wide.keep(event("someone", null, "no_credential", request));
                  assertThat(count("request_id = '" + request + "'")).isOne();
                }));
      }
      for (Future<?> each : pending) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(count("true")).isEqualTo(ATTEMPTS);
    assertThat(single("SELECT count(DISTINCT xmin::text) FROM audit_events"))
        .isLessThan(ATTEMPTS / 2);
  }

  @Test
  void thoseOfAnActorThatAreTooManyAreOneRowThatTellsHowMany() {
    keep(10, "mallory", "acme", "missing_scope");
    assertThat(count("actor = 'mallory'")).isEqualTo(PER_ACTOR);
    attempts.turn();
    assertThat(count("actor = 'mallory'")).isEqualTo(PER_ACTOR + 1);
    assertThat(
            text(
                "SELECT concat_ws(' ', actor, action, target, tenant_id, request_id, details)"
                    + " FROM audit_events WHERE details ? 'times'"))
        .isEqualTo(
            "mallory access.refused several requests acme {\"last\": \"2026-11-25T10:00:00.123456Z\","
                + " \"first\": \"2026-11-25T10:00:00.123456Z\", \"times\": 7,"
                + " \"reason\": \"missing_scope\"}");
    assertThat(meters.counter("audit.attempts.counted").count()).isEqualTo(7);
  }

  @Test
  void anActorWithTooManyTakesNoRowsFromTheNext() {
    keep(100, "anonymous", null, "invalid_credential");
    keep(1, "ann", "acme", "missing_scope");
    assertThat(count("actor = 'ann'")).isOne();
  }

  @Test
  void allActorsTogetherHaveOnlySoManyRowsAndTheRestIsCounted() {
    for (int i = 0; i < 20; i++) {
      keep(1, "actor-" + i, "acme", "missing_scope");
    }
    assertThat(count("true")).isEqualTo(IN_ALL);
    attempts.turn();
    assertThat(count("true")).isEqualTo(IN_ALL + GROUPS + 1);
    assertThat(single("SELECT sum((details->>'times')::int) FROM audit_events")).isEqualTo(15);
    assertThat(text("SELECT details->>'times' FROM audit_events WHERE actor = 'several'"))
        .isEqualTo("13");
  }

  @Test
  void aNewWindowHasRowsAgain() {
    keep(10, "mallory", "acme", "missing_scope");
    attempts.turn();
    keep(10, "mallory", "acme", "missing_scope");
    assertThat(count("NOT details ? 'times'")).isEqualTo(2 * PER_ACTOR);
  }

  @Test
  void whatWasCountedWaitsForTheDatabaseAndIsWrittenAtTheEnd() throws Exception {
    keep(10, "mallory", "acme", "missing_scope");
    away(true);
    assertThatThrownBy(attempts::turn).isInstanceOf(DatabaseUnavailableException.class);
    for (int i = 0; i < PER_ACTOR; i++) {
      assertThatThrownBy(() -> keep(1, "mallory", "acme", "missing_scope"))
          .isInstanceOf(DatabaseUnavailableException.class);
    }
    keep(2, "mallory", "acme", "missing_scope");
    away(false);
    attempts.stop();
    assertThat(single("SELECT sum((details->>'times')::int) FROM audit_events")).isEqualTo(9);
    assertThat(count("details ? 'times'")).isOne();
  }

  @Test
  void oneThatCannotBeKeptFails() {
    away(true);
    assertThatThrownBy(() -> keep(1, "someone", null, "no_credential"))
        .isInstanceOf(DatabaseUnavailableException.class);
  }

  private AttemptLog attempts(AttemptBudget budget) {
    Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    return new AttemptLog(
        node.inAdmin, new AuditLog(node.adminSessions, node.mapper, clock), budget, meters, clock);
  }

  private void keep(int times, String actor, String tenant, String reason) {
    for (int i = 0; i < times; i++) {
      attempts.keep(event(actor, tenant, reason, "r"));
    }
  }

  private static AuditEvent event(String actor, String tenant, String reason, String request) {
    return new AuditEvent(
        actor,
        AuditAction.ACCESS_REFUSED,
        "GET v1/quotas",
        tenant,
        request,
        Map.of("reason", reason));
  }

  private void away(boolean gone) {
    TestDatabases.execute(
        "postgres", "ALTER DATABASE " + node.adminName + " ALLOW_CONNECTIONS " + !gone);
    TestDatabases.execute(
        "postgres",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
            + node.adminName
            + "'");
    if (gone) {
      // The pool learns it by a statement of ours, not by the driver's in the middle of a batch.
      assertThatThrownBy(() -> node.inAdmin.read(this::one))
          .isInstanceOf(DatabaseUnavailableException.class);
    }
  }

  private Integer one() {
    return node.adminSessions
        .getCurrentSession()
        .createNativeQuery("SELECT 1", Integer.class)
        .getSingleResult();
  }

  private long count(String condition) {
    return single("SELECT count(*) FROM audit_events WHERE " + condition);
  }

  private long single(String query) {
    return Long.parseLong(text(query));
  }

  private String text(String query) {
    return TestDatabases.single(node.adminName, query);
  }
}
