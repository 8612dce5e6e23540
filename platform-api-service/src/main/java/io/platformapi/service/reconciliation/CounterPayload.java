package io.platformapi.service.reconciliation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.platformapi.service.reconciliation.ToldCounter.Window;
import io.platformapi.service.usage.LedgerScope;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Payloads of the gateway's {@code quota.updated}: that of the tenant's own usage, that of a budget
 * alert, and that of a spend which a run has asked for. What is none of them has no counters.
 */
final class CounterPayload {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();
  private static final int NANO_DIGITS = 9;
  private static final long MAX_COUNT = 1_000_000_000_000_000_000L;
  private static final Map<String, CounterDimension> COUNTS =
      Map.of(
          "inputTokens", CounterDimension.INPUT_TOKENS,
          "outputTokens", CounterDimension.OUTPUT_TOKENS,
          "requests", CounterDimension.REQUESTS);

  /** By LiteLLM's {@code event_group}: the scope, and the alert's field with the id. */
  private static final Map<String, Owner> ALERTS =
      Map.of(
          "key", new Owner(LedgerScope.API_KEY.wire(), "token"),
          "team", new Owner(LedgerScope.TEAM.wire(), "team_id"),
          "organization", new Owner("organization", "organization_id"));

  private CounterPayload() {}

  private record Owner(String scope, String id) {}

  static List<ToldCounter> read(String tenantId, Instant toldAt, String payload) {
    JsonNode root;
    try {
      root = JSON.readTree(payload);
    } catch (JsonProcessingException e) {
      return List.of();
    }
    JsonNode usage = root.path("usage");
    JsonNode alert = root.path("alert");
    JsonNode counter = root.path("counter");
    if (counter.isObject()) {
      return cost(text(counter, "scope"), text(counter, "id"), usage, toldAt, window(counter));
    }
    if (alert.isObject()) {
      Owner owner = ALERTS.get(alert.path("event_group").asText());
      return owner == null
          ? List.of()
          : cost(owner.scope, text(alert, owner.id), usage, toldAt, null);
    }
    return ofTenant(tenantId, usage, toldAt);
  }

  /** The payload of what was asked for; {@link #read} reads it. */
  static String write(String tenantId, CounterReading.Spend spend, String currency) {
    ObjectNode root = JSON.createObjectNode().put("tenantId", tenantId);
    root.putObject("usage")
        .putObject("cost")
        .put("amount", BigDecimal.valueOf(spend.nanos(), NANO_DIGITS).toPlainString())
        .put("currency", currency);
    root.putNull("budget");
    root.putObject("counter")
        .put("scope", spend.scope())
        .put("id", spend.id())
        .put("start", text(spend.start()))
        .put("end", text(spend.end()))
        .put("emptyAt", text(spend.createdAt()));
    return root.toString();
  }

  private static List<ToldCounter> ofTenant(String tenantId, JsonNode usage, Instant toldAt) {
    JsonNode told = usage.path("window");
    Instant start = time(told, "start");
    Window window = told.isObject() ? new Window(start, time(told, "end"), start) : null;
    String scope = LedgerScope.TENANT.wire();
    List<ToldCounter> counters = new ArrayList<>(cost(scope, tenantId, usage, toldAt, window));
    COUNTS.forEach(
        (field, dimension) -> {
          JsonNode count = usage.path(field);
          if (count.isIntegralNumber()
              && count.canConvertToLong()
              && count.longValue() >= 0
              && count.longValue() < MAX_COUNT) {
            counters.add(
                new ToldCounter(scope, tenantId, dimension, count.longValue(), toldAt, window));
          }
        });
    return counters;
  }

  private static List<ToldCounter> cost(
      String scope, String id, JsonNode usage, Instant toldAt, Window window) {
    Long nanos = nanos(usage.path("cost").path("amount"));
    return scope == null
            || id == null
            || id.indexOf('\0') >= 0
            || scope.indexOf('\0') >= 0
            || nanos == null
        ? List.of()
        : List.of(new ToldCounter(scope, id, CounterDimension.COST, nanos, toldAt, window));
  }

  private static Window window(JsonNode counter) {
    return new Window(time(counter, "start"), time(counter, "end"), time(counter, "emptyAt"));
  }

  private static Long nanos(JsonNode amount) {
    if (!amount.isTextual() && !amount.isNumber()) {
      return null;
    }
    try {
      return CounterReading.nanos(new BigDecimal(amount.asText()));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static Instant time(JsonNode object, String field) {
    String text = text(object, field);
    try {
      return text == null ? null : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static String text(JsonNode object, String field) {
    JsonNode value = object.path(field);
    return value.isTextual() && !value.textValue().isEmpty() ? value.textValue() : null;
  }

  private static String text(Instant time) {
    return time == null ? null : time.toString();
  }
}
