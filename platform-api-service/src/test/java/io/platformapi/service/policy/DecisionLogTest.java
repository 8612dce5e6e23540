package io.platformapi.service.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.service.persistence.ConnectionSettings;
import io.platformapi.service.policy.engine.AccessDecision;
import io.platformapi.service.policy.engine.AccessEnvironment;
import io.platformapi.service.policy.engine.AccessRequest;
import io.platformapi.service.policy.engine.AccessResource;
import io.platformapi.service.policy.engine.AccessSubject;
import io.platformapi.service.policy.engine.DecisionReason;
import io.platformapi.service.policy.engine.PolicyVersion;
import io.platformapi.service.policy.engine.SubjectType;
import io.platformapi.service.testing.TestDatabases;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DecisionLogTest {
  private static final Instant NOW = Instant.parse("2026-11-23T20:00:00Z");
  private static final Duration AGE = Duration.ofDays(30);

  private static TestDatabases node;

  private final DecisionSql sql =
      new DecisionSql(new ObjectMapper().registerModule(new JavaTimeModule()));
  private final MeterRegistry meters = new SimpleMeterRegistry();

  @BeforeAll
  static void start() {
    Duration patience = Duration.ofSeconds(5);
    node =
        TestDatabases.create(
            new ConnectionSettings(4, 2, patience, patience, patience, patience, patience),
            List.of(),
            List.of());
    node.tenant("acme");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @BeforeEach
  void empty() {
    node.inTenant.sql(
        "acme", c -> c.createStatement().executeUpdate("DELETE FROM policy_decisions"));
  }

  @Test
  void whatWaitsIsWrittenBeforeTheEnd() throws Exception {
    DecisionLog log = log(NOW, 100, 100);
    for (int i = 0; i < 50; i++) {
      log.offer("acme", request("d" + i), decision());
    }
    log.start();
    log.stop();
    assertThat(stored())
        .hasSize(50)
        .extracting(RecordedDecision::request)
        .contains(request("d0"), request("d49"));
    assertThat(meters.counter("policy.decisions.recorded").count()).isEqualTo(50);
  }

  @Test
  void whatDoesNotFitIsDroppedAndCounted() throws Exception {
    DecisionLog log = log(NOW, 3, 100);
    for (int i = 0; i < 5; i++) {
      log.offer("acme", request("d" + i), decision());
    }
    log.start();
    log.stop();
    assertThat(stored()).hasSize(3);
    assertThat(dropped("queue_full")).isEqualTo(2);
  }

  @Test
  void aQuestionThatIsTooLargeAndATenantThatIsAwayHoldNoOther() throws Exception {
    DecisionLog log = log(NOW, 100, 100);
    log.offer("nobody", request("d0"), decision());
    log.offer("acme", request("x".repeat(DecisionSql.MAX_REQUEST)), decision());
    log.offer("acme", request("d1"), decision());
    log.start();
    log.stop();
    assertThat(stored()).hasSize(1);
    assertThat(dropped("too_large")).isEqualTo(1);
    assertThat(dropped("database")).isEqualTo(1);
  }

  @Test
  void aQuestionThatCannotBeStoredHoldsNoOther() throws Exception {
    DecisionLog log = log(NOW, 100, 100);
    AccessRequest good = request("d1");
    log.offer("acme", acting(good, "read\ud800"), decision());
    log.offer("acme", acting(good, "read\0"), decision());
    log.offer("acme", good, decision());
    log.start();
    log.stop();
    assertThat(stored()).extracting(RecordedDecision::request).containsExactly(good);
    assertThat(dropped("database")).isZero();
  }

  @Test
  void aValueOfNoTypeIsRecordedAsOne() throws Exception {
    AccessRequest good = request("d1");
    AccessRequest odd =
        new AccessRequest(
            good.subject(),
            "read",
            new AccessResource("document", "d2", "acme", Map.of("level", List.of(1, 2))),
            good.environment());
    DecisionLog log = log(NOW, 100, 100);
    log.offer("acme", odd, decision());
    log.start();
    log.stop();
    assertThat(stored()).extracting(RecordedDecision::request).containsExactly(odd);
  }

  private static AccessRequest acting(AccessRequest request, String action) {
    return new AccessRequest(request.subject(), action, request.resource(), request.environment());
  }

  @Test
  void theOldAndTheManyGo() throws Exception {
    write(NOW.minus(AGE).minusSeconds(1), "too-old", 100);
    write(NOW.minus(AGE).plusSeconds(1), "old", 100);
    write(NOW, "new", 100);
    assertThat(stored()).extracting(d -> d.request().resource().id()).containsExactly("old", "new");
    write(NOW.plusSeconds(1), "newest", 2);
    assertThat(stored())
        .extracting(d -> d.request().resource().id())
        .containsExactly("new", "newest");
  }

  private void write(Instant at, String id, int rows) throws InterruptedException {
    DecisionLog log = log(at, 10, rows);
    log.offer("acme", request(id), decision());
    log.start();
    log.stop();
  }

  private DecisionLog log(Instant at, int queue, int rows) {
    return new DecisionLog(
        node.inTenant, sql, Clock.fixed(at, ZoneOffset.UTC), meters, queue, AGE, rows);
  }

  private List<RecordedDecision> stored() {
    return node.inTenant.sql(
        "acme", c -> sql.read(c, Instant.EPOCH, NOW.plus(AGE), null, Integer.MAX_VALUE));
  }

  private double dropped(String reason) {
    return meters.counter("policy.decisions.dropped", "reason", reason).count();
  }

  private static AccessDecision decision() {
    return new AccessDecision(
        false, null, DecisionReason.NO_RULE_ALLOWS, List.of(), new PolicyVersion(4, 17));
  }

  private static AccessRequest request(String id) {
    return new AccessRequest(
        new AccessSubject(
            "ann",
            SubjectType.USER,
            "acme",
            Set.of("viewer"),
            Set.of(),
            Map.of("limit", new BigDecimal("12.345678901234567890123"), "labels", List.of("a"))),
        "read",
        new AccessResource("document", id, "acme", Map.of("public", true, "level", 3L)),
        new AccessEnvironment(NOW, "192.0.2.1", "request", null, Map.of()));
  }
}
