package io.platformapi.routes.alert;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.platformapi.routes.port.TenantDirectory;
import io.platformapi.routes.support.EventHeaders;
import io.platformapi.routes.support.EventPublisher;
import io.platformapi.routes.support.EventPublisher.Event;
import io.platformapi.routes.support.EventTypes;
import io.platformapi.routes.support.RouteMeters;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * Puts LiteLLM's budget alerts on the usage topic, as {@code quota.updated}: the gateway's own
 * count of a budget. From there they come into the tenant's database also when that is down now.
 */
public final class AlertIngest {
  /** An alert is about 600 bytes; lists of addresses make it longer. */
  public static final int MAX_BODY_BYTES = 64 * 1024;

  private static final String CURRENCY = "USD";
  private static final int NANO_DIGITS = 9;
  private static final String UNKNOWN_TENANT = "unknown_tenant";

  private final String usageTopic;
  private final String deadTopic;
  private final TenantDirectory tenants;
  private final EventPublisher publisher;
  private final RouteMeters meters;
  private final Clock clock;
  private final JsonFactory json = new JsonFactory();

  public AlertIngest(
      String usageTopic,
      String deadTopic,
      TenantDirectory tenants,
      EventPublisher publisher,
      RouteMeters meters,
      Clock clock) {
    this.usageTopic = usageTopic;
    this.deadTopic = deadTopic;
    this.tenants = tenants;
    this.publisher = publisher;
    this.meters = meters;
    this.clock = clock;
  }

  /**
   * Returns when Kafka has acknowledged. Whatever is thrown, LiteLLM sends the alert again with the
   * next call that it is true of; it takes only an answer below 400 for received.
   *
   * @param requestId becomes the event's correlation id
   * @throws InvalidAlertException when the body is no alert
   * @throws io.platformapi.routes.port.StoreUnavailableException when tenants cannot be looked up
   * @throws io.platformapi.routes.support.PublishUnavailableException when Kafka does not
   *     acknowledge in time
   */
  public AlertOutcome ingest(byte[] body, String requestId) {
    BudgetAlert alert = BudgetAlert.read(body);
    AlertOutcome outcome = AlertOutcome.IGNORED;
    if (alert.isOfBudget()) {
      String tenant = tenants.tenantOf(alert.owner()).orElse(null);
      Instant now = clock.instant();
      byte[] value = envelope(alert, tenant, now, requestId);
      publisher.publish(
          List.of(tenant == null ? dead(value, now, requestId) : live(tenant, value)));
      outcome = tenant == null ? AlertOutcome.UNRESOLVED : AlertOutcome.ACCEPTED;
    }
    if (outcome == AlertOutcome.UNRESOLVED) {
      meters.dead(UNKNOWN_TENANT);
    }
    meters.alert(outcome.name().toLowerCase(Locale.ROOT));
    return outcome;
  }

  private Event live(String tenant, byte[] value) {
    return new Event(
        usageTopic,
        tenant.getBytes(StandardCharsets.UTF_8),
        value,
        List.of(EventHeaders.text(EventHeaders.CONTENT_TYPE, EventHeaders.JSON)));
  }

  private Event dead(byte[] value, Instant now, String requestId) {
    return new Event(
        deadTopic,
        null,
        value,
        List.of(
            EventHeaders.text(EventHeaders.REASON, UNKNOWN_TENANT),
            EventHeaders.text(EventHeaders.SOURCE_TOPIC, "http"),
            EventHeaders.text(EventHeaders.FAILED_AT, now.toString()),
            EventHeaders.text(EventHeaders.CORRELATION_ID, requestId)));
  }

  /** The alert has neither id nor time: it gets those of its arrival. */
  private byte[] envelope(BudgetAlert alert, String tenant, Instant now, String requestId) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(2 * alert.received().length());
    try (JsonGenerator to = json.createGenerator(out)) {
      to.writeStartObject();
      to.writeStringField("eventId", UUID.randomUUID().toString());
      to.writeStringField("type", EventTypes.QUOTA_UPDATED);
      to.writeStringField("occurredAt", now.toString());
      to.writeStringField("tenantId", tenant);
      to.writeNullField("platformId");
      to.writeStringField("correlationId", requestId);
      to.writeStringField("actor", "litellm");
      to.writeObjectFieldStart("payload");
      to.writeStringField("tenantId", tenant);
      to.writeObjectFieldStart("usage");
      to.writeFieldName("cost");
      money(to, alert.spendNanos());
      to.writeEndObject();
      to.writeFieldName("budget");
      money(to, alert.maxBudgetNanos());
      to.writeFieldName("alert");
      to.writeRawValue(alert.received());
      to.writeEndObject();
      to.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory takes every byte", e);
    }
    return out.toByteArray();
  }

  private static void money(JsonGenerator to, Long nanos) throws IOException {
    if (nanos == null) {
      to.writeNull();
      return;
    }
    to.writeStartObject();
    to.writeStringField("amount", BigDecimal.valueOf(nanos, NANO_DIGITS).toPlainString());
    to.writeStringField("currency", CURRENCY);
    to.writeEndObject();
  }
}
