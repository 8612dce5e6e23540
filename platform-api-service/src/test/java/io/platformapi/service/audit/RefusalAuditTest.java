package io.platformapi.service.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platformapi.service.auth.AuthAudit;
import io.platformapi.service.auth.AuthAudit.Reason;
import io.platformapi.service.auth.AuthAudit.Refusal;
import io.platformapi.service.persistence.ConnectionSettings;
import io.platformapi.service.persistence.DatabaseUnavailableException;
import io.platformapi.service.testing.TestDatabases;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RefusalAuditTest {
  private static final int REFUSALS = 400;
  private static final int THREADS = 32;

  private TestDatabases node;
  private AuthAudit audit;

  @BeforeEach
  void start() {
    node =
        TestDatabases.create(
            ConnectionSettings.ofBudget(2), List.of(AuditEntry.class), List.of(AuditEntry.class));
    audit =
        new RefusalAudit(
            node.inAdmin, new AuditLog(node.adminSessions, node.mapper, Clock.systemUTC()));
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void refusalsThatComeTogetherAreAllKeptInFewTransactions() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> pending = new ArrayList<>();
      for (int i = 0; i < REFUSALS; i++) {
        String request = "request-" + i;
        pending.add(
            threads.submit(
                () -> {
                  audit.refused(refusal(null, "v1/quotas", request));
                  assertThat(count("request_id = '" + request + "'")).isOne();
                }));
      }
      for (Future<?> each : pending) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(count("true")).isEqualTo(REFUSALS);
    assertThat(single("SELECT count(DISTINCT xmin::text) FROM audit_events"))
        .isLessThan(REFUSALS / 2);
  }

  @Test
  void nobodyIsAnonymousAndWhatIsAbsentIsLeftOut() {
    audit.refused(refusal(null, "v1/quotas", "r"));
    assertThat(
            TestDatabases.single(
                node.adminName,
                "SELECT actor || ' ' || target || ' ' || details FROM audit_events"))
        .isEqualTo("anonymous GET v1/quotas {\"reason\": \"no_credential\"}");
  }

  @Test
  void aPathThatNoTextCanHoldIsKeptLegibly() {
    audit.refused(refusal("someone", "v1/\u0000\n" + "x".repeat(5_000), "r"));
    assertThat(TestDatabases.single(node.adminName, "SELECT target FROM audit_events"))
        .startsWith("GET v1/??xxx")
        .hasSize(300);
  }

  @Test
  void aRefusalThatCannotBeKeptFails() {
    TestDatabases.execute(
        "postgres", "ALTER DATABASE " + node.adminName + " ALLOW_CONNECTIONS false");
    TestDatabases.execute(
        "postgres",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
            + node.adminName
            + "'");
    assertThatThrownBy(() -> audit.refused(refusal("someone", "v1/quotas", "r")))
        .isInstanceOf(DatabaseUnavailableException.class);
  }

  private static Refusal refusal(String actor, String path, String requestId) {
    return new Refusal(
        Reason.NO_CREDENTIAL,
        null,
        actor,
        null,
        null,
        null,
        null,
        null,
        null,
        "GET",
        path,
        requestId);
  }

  private long count(String condition) {
    return single("SELECT count(*) FROM audit_events WHERE " + condition);
  }

  private long single(String query) {
    return Long.parseLong(TestDatabases.single(node.adminName, query));
  }
}
