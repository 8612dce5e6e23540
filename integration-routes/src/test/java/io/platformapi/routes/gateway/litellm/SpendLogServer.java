package io.platformapi.routes.gateway.litellm;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.extension.ResponseDefinitionTransformerV2;
import com.github.tomakehurst.wiremock.http.Request;
import com.github.tomakehurst.wiremock.http.ResponseDefinition;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.routes.gateway.Gateway;
import io.platformapi.routes.gateway.GatewayConfig;
import io.platformapi.routes.gateway.KongGateway;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/**
 * WireMock in Kong's place, with LiteLLM's spend log behind it as its SQL answers: both ends of the
 * window included, by start time and in no order among equal ones, a count that stops at 10,000.
 */
final class SpendLogServer implements ResponseDefinitionTransformerV2, AutoCloseable {
  private static final long CAP = 10_000;
  private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<Row> rows = new CopyOnWriteArrayList<>();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final Random random = new Random(42);
  private final WireMockServer server;

  private Disturbance disturbance = (question, answer) -> answer;

  SpendLogServer() {
    server = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort().extensions(this));
    server.stubFor(
        get(urlPathEqualTo("/litellm/spend/logs/v2"))
            .willReturn(aResponse().withTransformers(getName())));
    server.start();
  }

  /** One row of the table, as it is written into an answer. */
  record Row(Instant start, String team, String json) {
    static Row of(JsonNode row) {
      return new Row(
          OffsetDateTime.parse(row.get("startTime").asText()).toInstant(),
          row.path("team_id").asText(),
          row.toString());
    }

    /** A small row; more fields may follow. */
    static Row of(String id, Instant start, String more) {
      return new Row(
          start,
          "team_acme",
          "{\"request_id\":\"%s\",\"startTime\":\"%s\",\"spend\":0.5,\"team_id\":\"team_acme\"%s}"
              .formatted(id, start, more));
    }
  }

  /** One request. */
  record Asked(Instant from, Instant to, int page, int pageSize, Map<String, String> query) {}

  /** Changes an answer, or the table before the next one. */
  interface Disturbance {
    ResponseDefinition disturb(Asked question, ResponseDefinition answer);
  }

  /** The rows of a recording, with all digits of their numbers. */
  static List<String> recordedPages() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(
                    SpendLogServer.class.getResourceAsStream(
                        "/litellm/spend-logs-v2-pages.ndjson.gz")),
                StandardCharsets.UTF_8))) {
      return lines.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Row> recordedRows() {
    try {
      List<Row> recorded = new ArrayList<>();
      for (String page : recordedPages()) {
        // A double written out again has the same digits, as Python and Java both write the
        // shortest that reads back; the exponents of small ones are theirs.
        JSON.readTree(page).get("data").forEach(row -> recorded.add(Row.of(row)));
      }
      return recorded;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<Row> rows() {
    return rows;
  }

  List<Asked> asked() {
    return List.copyOf(asked);
  }

  void disturb(Disturbance by) {
    disturbance = by;
  }

  /** The spend log through a real gateway. */
  LiteLlmSpend spend(SpendLimits limits) {
    return new LiteLlmSpend(gateway(), "/litellm", limits);
  }

  Gateway gateway() {
    return new KongGateway(
        new GatewayConfig(URI.create("http://127.0.0.1:" + server.port())),
        upstream -> Map.of("Authorization", "Bearer sk-" + upstream),
        new SimpleMeterRegistry());
  }

  WireMockServer wireMock() {
    return server;
  }

  static ResponseDefinition json(int status, String body) {
    return ResponseDefinitionBuilder.responseDefinition()
        .withStatus(status)
        .withHeader("Content-Type", "application/json")
        .withBody(body)
        .build();
  }

  @Override
  public String getName() {
    return "spend-log";
  }

  @Override
  public boolean applyGlobally() {
    return false;
  }

  @Override
  public synchronized ResponseDefinition transform(ServeEvent event) {
    Request request = event.getRequest();
    Map<String, String> query = query(request.getUrl());
    Asked question =
        new Asked(
            date(query.get("start_date")),
            date(query.get("end_date")),
            Integer.parseInt(query.get("page")),
            Integer.parseInt(query.get("page_size")),
            query);
    asked.add(question);
    if (question.pageSize() > 1_000) {
      return json(422, "{\"detail\":[]}");
    }
    return disturbance.disturb(question, json(200, answer(question)));
  }

  private String answer(Asked question) {
    String team = question.query().get("team_id");
    List<Row> found =
        new ArrayList<>(
            rows.stream()
                .filter(row -> !row.start().isBefore(question.from()))
                .filter(row -> !row.start().isAfter(question.to()))
                .filter(row -> team == null || team.equals(row.team()))
                .toList());
    // What the database does with equal start times from one query to the next.
    Collections.shuffle(found, random);
    found.sort(Comparator.comparing(Row::start));
    long total = Math.min(found.size(), CAP);
    int from = Math.min((question.page() - 1) * question.pageSize(), found.size());
    int to = Math.min(from + question.pageSize(), found.size());
    return found.subList(from, to).stream()
        .map(Row::json)
        .collect(
            Collectors.joining(
                ",",
                "{\"data\":[",
                "],\"total\":%d,\"page\":%d,\"page_size\":%d,\"total_pages\":%d,\"total_is_capped\":%s}"
                    .formatted(
                        total,
                        question.page(),
                        question.pageSize(),
                        (total + question.pageSize() - 1) / question.pageSize(),
                        found.size() > CAP)));
  }

  private static Instant date(String text) {
    return LocalDateTime.parse(text, DATE).toInstant(ZoneOffset.UTC);
  }

  private static Map<String, String> query(String url) {
    return Arrays.stream(url.substring(url.indexOf('?') + 1).split("&"))
        .map(parameter -> parameter.split("=", 2))
        .collect(
            Collectors.toMap(
                parameter -> parameter[0],
                parameter -> URLDecoder.decode(parameter[1], StandardCharsets.UTF_8)));
  }

  @Override
  public void close() {
    server.stop();
  }
}
