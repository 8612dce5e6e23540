package io.platformapi.service.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.platformapi.service.audit.AuditEntry;
import io.platformapi.service.persistence.ConnectionSettings;
import io.platformapi.service.problem.ConflictException;
import io.platformapi.service.problem.IdempotencyKeyReusedException;
import io.platformapi.service.testing.TestDatabases;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class IdempotencyTest {
  private static final List<Class<?>> ENTITIES = List.of(AuditEntry.class);
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static TestDatabases node;

  private final AtomicInteger runs = new AtomicInteger();

  @BeforeAll
  static void start() {
    node =
        TestDatabases.create(
            new ConnectionSettings(
                8,
                6,
                Duration.ofSeconds(5),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofSeconds(10)),
            ENTITIES,
            ENTITIES);
    node.tenant("one");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void theFirstAnswerIsGivenAgainWithItsHeaders() {
    Response first = once("again", "a", NOW);
    Response second = once("again", "a", NOW.plusSeconds(60));
    assertThat(first.getHeaderString(Idempotency.REPLAYED_HEADER)).isNull();
    assertThat(second.getHeaderString(Idempotency.REPLAYED_HEADER)).isEqualTo("true");
    assertThat(second.getStatus()).isEqualTo(201);
    assertThat(second.getHeaderString("ETag")).isEqualTo("\"1\"");
    assertThat(second.getHeaderString("Location")).isEqualTo("/v1/things/1");
    assertThat(second.getEntity()).isEqualTo("{\"run\":1}");
    assertThat(runs).hasValue(1);
  }

  @Test
  void anotherRequestUnderTheSameKeyIsRefused() {
    once("reused", "a", NOW);
    assertThatThrownBy(() -> once("reused", "b", NOW))
        .isInstanceOf(IdempotencyKeyReusedException.class);
    assertThat(runs).hasValue(1);
  }

  @Test
  void aKeyIsForgottenAfterADay() {
    once("old", "a", NOW);
    once("old", "b", NOW.plus(Duration.ofHours(25)));
    assertThat(runs).hasValue(2);
  }

  @Test
  void anErrorLeavesTheKeyFree() {
    assertThatThrownBy(
            () ->
                node.inTenant.transaction(
                    "one",
                    () ->
                        idempotency(NOW)
                            .once(
                                Optional.of(request("failed", "a")),
                                () -> {
                                  throw new ConflictException("taken");
                                })))
        .isInstanceOf(ConflictException.class);
    once("failed", "b", NOW);
    assertThat(runs).hasValue(1);
  }

  @Test
  void workOverTwoTransactionsIsResumedUntilItIsAnswered() {
    IdempotentRequest request = request("resumed", "a");
    assertThat(claim(request)).isInstanceOf(IdempotencyClaim.Fresh.class);
    assertThat(claim(request)).isInstanceOf(IdempotencyClaim.Unanswered.class);
    node.inTenant.transaction(
        "one",
        () -> {
          idempotency(NOW).complete(request, Response.ok(Map.of("done", true)).build());
          return null;
        });
    assertThat(claim(request)).isInstanceOf(IdempotencyClaim.Answered.class);
  }

  @Test
  void requestsAtOnceDoTheWorkOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Response>> answers = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        answers.add(threads.submit(() -> once("together", "a", NOW)));
      }
      for (Future<Response> answer : answers) {
        assertThat(answer.get().getStatus()).isEqualTo(201);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(runs).hasValue(1);
  }

  private Response once(String key, String fingerprint, Instant now) {
    return node.inTenant.transaction(
        "one",
        () ->
            idempotency(now)
                .once(
                    Optional.of(request(key, fingerprint)),
                    () ->
                        Response.created(URI.create("/v1/things/1"))
                            .tag(Versions.tag(1))
                            .entity(Map.of("run", runs.incrementAndGet()))
                            .build()));
  }

  private static IdempotencyClaim claim(IdempotentRequest request) {
    return node.inTenant.transaction("one", () -> idempotency(NOW).claim(request));
  }

  private static Idempotency idempotency(Instant now) {
    return new Idempotency(
        node.tenantSessions, new ObjectMapper(), Clock.fixed(now, ZoneOffset.UTC));
  }

  private static IdempotentRequest request(String key, String fingerprint) {
    return new IdempotentRequest(
        "one m2m POST v1/things", key, fingerprint.getBytes(StandardCharsets.UTF_8));
  }
}
