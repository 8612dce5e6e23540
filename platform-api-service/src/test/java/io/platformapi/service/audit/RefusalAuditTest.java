package io.platformapi.service.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.service.auth.AuthAudit;
import io.platformapi.service.auth.AuthAudit.Reason;
import io.platformapi.service.auth.AuthAudit.Refusal;
import io.platformapi.service.persistence.ConnectionSettings;
import io.platformapi.service.testing.TestDatabases;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RefusalAuditTest {
  private TestDatabases node;
  private AuthAudit audit;

  @BeforeEach
  void start() {
    node =
        TestDatabases.create(
            ConnectionSettings.ofBudget(2), List.of(AuditEntry.class), List.of(AuditEntry.class));
    audit =
        new RefusalAudit(
            new AttemptLog(
                node.inAdmin,
                new AuditLog(node.adminSessions, node.mapper, Clock.systemUTC()),
                new SimpleMeterRegistry(),
                Clock.systemUTC()));
  }

  @AfterEach
  void stop() {
    node.close();
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

  private static Refusal refusal(String actor, String path, String requestId) {
    return new Refusal(
        Reason.NO_CREDENTIAL,
        null,
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
}
