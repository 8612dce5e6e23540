package io.platformapi.service.testing;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathMatching;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.extension.ResponseDefinitionTransformerV2;
import com.github.tomakehurst.wiremock.http.QueryParameter;
import com.github.tomakehurst.wiremock.http.Request;
import com.github.tomakehurst.wiremock.http.ResponseDefinition;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * WireMock in Kong's place, with LiteLLM's teams and keys and Kong's consumers behind it: they take
 * changes and keep them as the real ones do, LiteLLM its amounts as doubles.
 */
public final class PlayedEdge implements ResponseDefinitionTransformerV2, AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  private final Map<String, ObjectNode> teams = new ConcurrentHashMap<>();
  private final Map<String, ObjectNode> keys = new ConcurrentHashMap<>();
  private final Map<String, ObjectNode> plugins = new ConcurrentHashMap<>();
  private final List<String> consumers = new CopyOnWriteArrayList<>();
  private final List<String> changes = new CopyOnWriteArrayList<>();
  private final List<ObjectNode> spend = new CopyOnWriteArrayList<>();
  private final Map<String, Integer> failing = new ConcurrentHashMap<>();
  private final WireMockServer server;

  public PlayedEdge() {
    server = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort().extensions(this));
    server.stubFor(
        any(urlPathMatching("/(litellm|kong-admin)/.*"))
            .willReturn(aResponse().withTransformers(getName())));
    server.stubFor(
        any(urlPathMatching("/logto/.*"))
            .willReturn(
                aResponse()
                    .proxiedFrom("http://127.0.0.1:" + RealServers.issuer().port())
                    .withProxyUrlPrefixToRemove("/logto")));
    server.start();
  }

  public URI url() {
    return URI.create(server.baseUrl());
  }

  /** A team without limits. */
  public void team(String id) {
    teams.put(id, JSON.createObjectNode().put("team_id", id).put("spend", 0.0));
  }

  /** A key of a team, without limits. */
  public void key(String hash, String team) {
    keys.put(hash, JSON.createObjectNode().put("team_id", team).put("spend", 0.0));
  }

  public void consumer(String username) {
    consumers.add(username);
  }

  /** A row of LiteLLM's spend log, in its shape. */
  public void spent(String team, String callId, Instant start, String cost) {
    ObjectNode row =
        JSON.createObjectNode()
            .put("request_id", "chatcmpl-" + callId)
            .put("call_type", "acompletion")
            .put("api_key", "0123456789abcdef".repeat(4))
            .put("spend", new BigDecimal(cost))
            .put("total_tokens", 15)
            .put("prompt_tokens", 10)
            .put("completion_tokens", 5)
            .put("startTime", start.truncatedTo(ChronoUnit.MILLIS).toString())
            .put("endTime", start.plusSeconds(1).truncatedTo(ChronoUnit.MILLIS).toString())
            .put("model", "gpt-4o")
            .put("model_group", "gpt-4o")
            .put("custom_llm_provider", "openai")
            .put("cache_hit", "None")
            .put("team_id", team)
            .putNull("status");
    row.putObject("metadata").put("litellm_call_id", callId);
    spend.add(row);
  }

  /** A team's fields. */
  public ObjectNode teamNow(String id) {
    return teams.get(id);
  }

  public ObjectNode keyNow(String hash) {
    return keys.get(hash);
  }

  /** The plugin of a consumer, or null. */
  public ObjectNode pluginNow(String consumer) {
    return plugins.get(consumer);
  }

  /** Every change that was asked for: method, path, body. */
  public List<String> changes() {
    return List.copyOf(changes);
  }

  /** From here on what begins with the path is answered with the status; 0 ends it. */
  public void fail(String path, int status) {
    failing.put(path, status);
  }

  @Override
  public ResponseDefinition transform(ServeEvent event) {
    Request request = event.getRequest();
    String path = request.getUrl().replaceAll("\\?.*", "");
    if (!request.getMethod().value().equals("GET")) {
      changes.add(request.getMethod().value() + " " + path + " " + request.getBodyAsString());
    }
    for (Map.Entry<String, Integer> failure : failing.entrySet()) {
      if (path.startsWith(failure.getKey()) && failure.getValue() != 0) {
        return answer(failure.getValue(), JSON.createObjectNode().put("detail", "s3cret"));
      }
    }
    return switch (path) {
      case "/litellm/team/info" ->
          info(teams, request.queryParameter("team_id").firstValue(), true);
      case "/litellm/team/update" -> update(teams, "team_id", request, true);
      case "/litellm/key/info" -> info(keys, request.queryParameter("key").firstValue(), false);
      case "/litellm/key/update" -> update(keys, "key", request, false);
      case "/litellm/spend/logs/v2" -> spendLog(request);
      default -> kong(request, path);
    };
  }

  private static ResponseDefinition info(Map<String, ObjectNode> from, String id, boolean team) {
    ObjectNode found = from.get(id);
    if (found == null) {
      return answer(404, JSON.createObjectNode().put("detail", "not found"));
    }
    return answer(
        200,
        team
            ? JSON.createObjectNode().put("team_id", id).set("team_info", found)
            : JSON.createObjectNode().put("key", id).set("info", found));
  }

  private static ResponseDefinition update(
      Map<String, ObjectNode> in, String idName, Request request, boolean team) {
    JsonNode body = json(request.getBodyAsString());
    ObjectNode found = in.get(body.get(idName).asText());
    if (found == null) {
      return answer(404, JSON.createObjectNode().put("detail", "not found"));
    }
    // A merge patch, into columns of PostgreSQL that are doubles.
    body.properties()
        .forEach(
            field -> {
              if (field.getValue().isNumber() && field.getKey().equals("max_budget")) {
                found.put(field.getKey(), field.getValue().doubleValue());
              } else if (!field.getKey().equals("key")) {
                found.set(field.getKey(), field.getValue());
              }
            });
    return answer(200, team ? JSON.createObjectNode().set("data", found) : JSON.createObjectNode());
  }

  /** Both ends of the window included, as LiteLLM's own SQL has them. */
  private ResponseDefinition spendLog(Request request) {
    Instant from = time(request, "start_date");
    Instant to = time(request, "end_date");
    int page = Integer.parseInt(request.queryParameter("page").firstValue());
    int size = Integer.parseInt(request.queryParameter("page_size").firstValue());
    QueryParameter team = request.queryParameter("team_id");
    List<ObjectNode> found =
        spend.stream()
            .filter(row -> !start(row).isBefore(from) && !start(row).isAfter(to))
            .filter(
                row -> !team.isPresent() || row.get("team_id").asText().equals(team.firstValue()))
            .sorted(Comparator.comparing(PlayedEdge::start))
            .toList();
    ObjectNode answer =
        JSON.createObjectNode()
            .put("total", found.size())
            .put("page", page)
            .put("page_size", size)
            .put("total_pages", (found.size() + size - 1) / size)
            .put("total_is_capped", false);
    ArrayNode data = answer.putArray("data");
    found.stream().skip((page - 1L) * size).limit(size).forEach(data::add);
    return answer(200, answer);
  }

  private static Instant start(ObjectNode row) {
    return Instant.parse(row.get("startTime").asText());
  }

  private static Instant time(Request request, String name) {
    return LocalDateTime.parse(request.queryParameter(name).firstValue(), DATE)
        .toInstant(ZoneOffset.UTC);
  }

  private ResponseDefinition kong(Request request, String path) {
    String[] parts = path.split("/");
    String method = request.getMethod().value();
    if (parts[2].equals("plugins") && method.equals("PATCH")) {
      ObjectNode plugin =
          plugins.values().stream()
              .filter(p -> p.get("id").asText().equals(parts[3]))
              .findFirst()
              .orElseThrow();
      JsonNode body = json(request.getBodyAsString());
      plugin.set("enabled", body.get("enabled"));
      body.path("config")
          .properties()
          .forEach(
              field -> ((ObjectNode) plugin.get("config")).set(field.getKey(), field.getValue()));
      return answer(200, plugin);
    }
    String consumer = URLDecoder.decode(parts[3], StandardCharsets.UTF_8);
    if (!consumers.contains(consumer)) {
      return answer(404, JSON.createObjectNode().put("message", "Not found"));
    }
    if (method.equals("POST")) {
      ObjectNode plugin = (ObjectNode) json(request.getBodyAsString());
      plugin.put("id", UUID.randomUUID().toString()).put("enabled", true);
      plugins.put(consumer, plugin);
      return answer(201, plugin);
    }
    ObjectNode list = JSON.createObjectNode();
    ArrayNode data = list.putArray("data");
    if (plugins.containsKey(consumer)) {
      data.add(plugins.get(consumer));
    }
    return answer(200, list);
  }

  private static ResponseDefinition answer(int status, JsonNode body) {
    return new ResponseDefinitionBuilder()
        .withStatus(status)
        .withHeader("Content-Type", "application/json")
        .withBody(body.toString())
        .build();
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean applyGlobally() {
    return false;
  }

  @Override
  public String getName() {
    return "played-edge";
  }

  @Override
  public void close() {
    server.stop();
  }
}
