package io.platformapi.routes.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.routes.message.CallOwner;
import io.platformapi.routes.port.StoreUnavailableException;
import io.platformapi.routes.port.TenantDirectory;
import io.platformapi.routes.support.EventHeaders;
import io.platformapi.routes.support.EventPublisher;
import io.platformapi.routes.support.EventPublisher.Event;
import io.platformapi.routes.support.RouteMeters;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AlertIngestTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
  private static final String ALERT =
      "{\"event\":\"budget_crossed\",\"spend\":1.5,\"team_id\":\"team_acme\"}";

  private final List<Event> published = new ArrayList<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private boolean directoryDown;
  private final AlertIngest alerts =
      new AlertIngest(
          "usage",
          "dead",
          new Directory(),
          publisher(),
          new RouteMeters(meters),
          Clock.fixed(NOW, ZoneOffset.UTC));

  @Test
  void theRecordedAlertsBecomeSnapshotsOfTheirTenants() throws IOException {
    List<String> bodies = recorded();
    List<AlertOutcome> outcomes = new ArrayList<>();
    for (String body : bodies) {
      outcomes.add(post(body));
    }
    // The fifth is of a user, whose teams may be of several tenants.
    assertThat(outcomes)
        .containsExactly(
            AlertOutcome.ACCEPTED,
            AlertOutcome.ACCEPTED,
            AlertOutcome.ACCEPTED,
            AlertOutcome.ACCEPTED,
            AlertOutcome.UNRESOLVED,
            AlertOutcome.ACCEPTED);
    assertThat(published)
        .extracting(event -> event.key() == null ? null : text(event.key()))
        .containsExactly("acme", "acme", "globex", "initech", null, "acme");
    for (int i = 0; i < bodies.size(); i++) {
      // As received, to the character.
      assertThat(text(published.get(i).value())).contains("\"alert\":" + bodies.get(i) + "}}");
    }
    JsonNode envelope = JSON.readTree(published.get(0).value());
    assertThat(UUID.fromString(envelope.get("eventId").asText())).isNotNull();
    assertThat(envelope.get("type").asText()).isEqualTo("quota.updated");
    assertThat(envelope.get("occurredAt").asText()).isEqualTo(NOW.toString());
    assertThat(envelope.get("tenantId").asText()).isEqualTo("acme");
    assertThat(envelope.get("correlationId").asText()).isEqualTo("request-1");
    JsonNode payload = envelope.get("payload");
    assertThat(payload.get("tenantId").asText()).isEqualTo("acme");
    assertThat(payload.at("/usage/cost"))
        .isEqualTo(JSON.readTree("{\"amount\":\"1.500000000\",\"currency\":\"USD\"}"));
    assertThat(payload.get("budget"))
        .isEqualTo(JSON.readTree("{\"amount\":\"1.000000000\",\"currency\":\"USD\"}"));
    assertThat(counted("accepted")).isEqualTo(5);
  }

  @Test
  void whatIsNobodysIsADeadLetterWithItsReason() throws IOException {
    assertThat(post(ALERT.replace("team_acme", "stranger"))).isEqualTo(AlertOutcome.UNRESOLVED);
    Event dead = published.get(0);
    assertThat(dead.topic()).isEqualTo("dead");
    RecordHeaders headers = new RecordHeaders(dead.headers());
    assertThat(EventHeaders.text(headers, EventHeaders.REASON)).isEqualTo("unknown_tenant");
    assertThat(EventHeaders.text(headers, EventHeaders.SOURCE_TOPIC)).isEqualTo("http");
    assertThat(EventHeaders.text(headers, EventHeaders.CORRELATION_ID)).isEqualTo("request-1");
    assertThat(JSON.readTree(dead.value()).get("tenantId").isNull()).isTrue();
    assertThat(meters.get("platform.ingest.dead").tag("reason", "unknown_tenant").counter().count())
        .isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"spend_tracked", "key_created", "key_rotated", "internal_user_created"})
  void whatIsOfNoBudgetIsCountedAndGoesNowhere(String event) {
    assertThat(post(ALERT.replace("budget_crossed", event))).isEqualTo(AlertOutcome.IGNORED);
    assertThat(published).isEmpty();
    assertThat(counted("ignored")).isEqualTo(1);
  }

  @Test
  void aKindOfALaterVersionIsKept() {
    assertThat(post(ALERT.replace("budget_crossed", "budget_reset")))
        .isEqualTo(AlertOutcome.ACCEPTED);
  }

  @Test
  void aKeyInTheHashsPlaceBecomesItsHash() {
    post(ALERT.replace("}", ",\"token\":\"sk-1234\"}"));
    assertThat(text(published.get(0).value()))
        .doesNotContain("sk-1234")
        .contains("\"token\":\"88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b\"");
  }

  @ParameterizedTest
  @CsvSource({
    "1.5, 1.500000000",
    "0.00037079999999999996, 0.000370800",
    "3.3e-07, 0.000000330",
    "0, 0.000000000",
    "9000000000, 9000000000.000000000"
  })
  void moneyIsExact(String spend, String amount) throws IOException {
    post(ALERT.replace("1.5", spend));
    JsonNode payload = JSON.readTree(published.get(0).value()).get("payload");
    assertThat(payload.at("/usage/cost/amount").asText()).isEqualTo(amount);
    assertThat(payload.get("budget").isNull()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "{\"spend\":1} | event",
        "{\"event\":\"\",\"spend\":1} | event",
        "{\"event\":7,\"spend\":1} | event",
        "{\"event\":\"x\"} | spend",
        "{\"event\":\"x\",\"spend\":\"secret\"} | spend",
        "{\"event\":\"x\",\"spend\":-1} | spend",
        "{\"event\":\"x\",\"spend\":1e999999999} | spend",
        "{\"event\":\"x\",\"spend\":1,\"max_budget\":1e10} | max_budget",
        "{\"event\":\"x\",\"spend\":1,\"team_id\":[\"secret\"]} | team_id",
        "{\"event\":\"x\",\"spend\":1,\"organization_id\":1} | organization_id"
      })
  void aFieldThatCannotBeUsedIsNamed(String body, String field) {
    InvalidAlertException e = catchThrowableOfType(InvalidAlertException.class, () -> post(body));
    assertThat(e.field()).isEqualTo(field);
    assertThat(e).hasMessageNotContaining("secret");
    assertThat(published).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "secret", "[]", "1", "null", "{\"secret\"", "{} {}", "{\"spend\":NaN}"})
  void whatIsNoObjectIsToldWithoutBeingQuoted(String body) {
    InvalidAlertException e = catchThrowableOfType(InvalidAlertException.class, () -> post(body));
    assertThat(e.field()).isNull();
    assertThat(e).hasMessageNotContaining("secret").hasNoCause();
  }

  @Test
  void whileTenantsCannotBeLookedUpNothingIsTaken() {
    directoryDown = true;
    assertThatThrownBy(() -> post(ALERT)).isInstanceOf(StoreUnavailableException.class);
    assertThat(published).isEmpty();
  }

  private AlertOutcome post(String body) {
    return alerts.ingest(body.getBytes(StandardCharsets.UTF_8), "request-1");
  }

  private double counted(String outcome) {
    return meters.get("platform.ingest.alerts").tag("outcome", outcome).counter().count();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static List<String> recorded() throws IOException {
    try (InputStream in =
        AlertIngestTest.class.getResourceAsStream("/litellm/budget-webhooks.ndjson")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  private EventPublisher publisher() {
    return () ->
        new EventPublisher.Publication() {
          @Override
          public void send(Event event) {
            published.add(event);
          }

          @Override
          public void await() {
            // Acknowledged at once.
          }
        };
  }

  private final class Directory implements TenantDirectory {
    @Override
    public Optional<String> tenantOf(CallOwner owner) {
      if (directoryDown) {
        throw new StoreUnavailableException("down", null);
      }
      String name = owner.teamId() != null ? owner.teamId() : owner.organizationId();
      return name == null || name.equals("stranger")
          ? Optional.empty()
          : Optional.of(name.substring(name.indexOf('_') + 1));
    }

    @Override
    public boolean knows(String tenantId) {
      return true;
    }
  }
}
