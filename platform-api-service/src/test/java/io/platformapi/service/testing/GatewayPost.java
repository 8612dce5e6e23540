package io.platformapi.service.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Generated events as LiteLLM's own log payloads, to be posted the way the gateway posts them. */
public final class GatewayPost {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();
  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("callId", "litellm_call_id"),
          Map.entry("id", "id"),
          Map.entry("status", "status"),
          Map.entry("startTime", "startTime"),
          Map.entry("endTime", "endTime"),
          Map.entry("endUser", "end_user"),
          Map.entry("provider", "custom_llm_provider"),
          Map.entry("model", "model"),
          Map.entry("modelGroup", "model_group"),
          Map.entry("callType", "call_type"),
          Map.entry("stream", "stream"),
          Map.entry("cacheHit", "cache_hit"),
          Map.entry("inputTokens", "prompt_tokens"),
          Map.entry("outputTokens", "completion_tokens"),
          Map.entry("totalTokens", "total_tokens"));
  private static final Map<String, String> METADATA_NAMES =
      Map.of(
          "teamId", "user_api_key_team_id",
          "keyHash", "user_api_key_hash",
          "keyAlias", "user_api_key_alias",
          "userId", "user_api_key_user_id");

  private GatewayPost() {}

  /** One body, a line an event. */
  public static byte[] ndjson(List<GeneratedTraffic.Event> events) {
    return events.stream()
        .map(GatewayPost::payload)
        .collect(Collectors.joining("\n", "", "\n"))
        .getBytes(UTF_8);
  }

  /** One event's log payload. */
  public static String payload(GeneratedTraffic.Event event) {
    try {
      JsonNode compact = JSON.readTree(event.value()).get("payload");
      ObjectNode payload = JSON.createObjectNode();
      NAMES.forEach((from, to) -> payload.set(to, compact.get(from)));
      payload.put("response_cost", new BigDecimal(compact.get("cost").textValue()));
      ObjectNode metadata = payload.putObject("metadata");
      METADATA_NAMES.forEach((from, to) -> metadata.set(to, compact.get(from)));
      return payload.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
