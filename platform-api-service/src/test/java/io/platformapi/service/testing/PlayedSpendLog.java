package io.platformapi.service.testing;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathMatching;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.extension.ResponseDefinitionTransformerV2;
import com.github.tomakehurst.wiremock.http.Request;
import com.github.tomakehurst.wiremock.http.ResponseDefinition;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * WireMock in Kong's place: the issuer, and LiteLLM's spend log as it was recorded, paged as
 * LiteLLM pages it.
 */
public final class PlayedSpendLog implements ResponseDefinitionTransformerV2, AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  private final List<JsonNode> rows;
  private final WireMockServer server;

  /** With the recorded rows. */
  public PlayedSpendLog() {
    this.rows = recorded();
    server = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort().extensions(this));
    server.stubFor(
        any(urlPathMatching("/logto/.*"))
            .willReturn(
                aResponse()
                    .proxiedFrom("http://127.0.0.1:" + RealServers.issuer().port())
                    .withProxyUrlPrefixToRemove("/logto")));
    server.stubFor(
        get(urlPathEqualTo("/litellm/spend/logs/v2"))
            .willReturn(aResponse().withTransformers(getName())));
    server.start();
  }

  private static List<JsonNode> recorded() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(
                    PlayedSpendLog.class.getResourceAsStream(
                        "/litellm/spend-logs-v2-pages.ndjson.gz")),
                StandardCharsets.UTF_8))) {
      List<JsonNode> rows = new ArrayList<>();
      for (String page : lines.lines().toList()) {
        JSON.readTree(page).get("data").forEach(rows::add);
      }
      rows.sort(Comparator.comparing(PlayedSpendLog::start));
      return rows;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Base URL, as {@code KONG_URL} names it. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + server.port());
  }

  /** How many pages were asked for. */
  public int asked() {
    return server.getAllServeEvents().size();
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
  public ResponseDefinition transform(ServeEvent event) {
    Request request = event.getRequest();
    Instant from = date(request, "start_date");
    Instant to = date(request, "end_date");
    int page = Integer.parseInt(value(request, "page"));
    int size = Integer.parseInt(value(request, "page_size"));
    String team = request.queryParameter("team_id").isPresent() ? value(request, "team_id") : null;
    List<JsonNode> found =
        rows.stream()
            .filter(row -> !start(row).isBefore(from) && !start(row).isAfter(to))
            .filter(row -> team == null || team.equals(row.path("team_id").asText()))
            .toList();
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode data = answer.putArray("data");
    found.stream().skip((page - 1L) * size).limit(size).forEach(data::add);
    answer
        .put("total", found.size())
        .put("page", page)
        .put("page_size", size)
        .put("total_pages", (found.size() + size - 1) / size)
        .put("total_is_capped", false);
    return ResponseDefinitionBuilder.responseDefinition()
        .withStatus(200)
        .withHeader("Content-Type", "application/json")
        .withBody(answer.toString())
        .build();
  }

  private static String value(Request request, String parameter) {
    return request.queryParameter(parameter).firstValue();
  }

  private static Instant date(Request request, String parameter) {
    return LocalDateTime.parse(value(request, parameter), DATE).toInstant(ZoneOffset.UTC);
  }

  private static Instant start(JsonNode row) {
    return OffsetDateTime.parse(row.get("startTime").asText()).toInstant();
  }

  @Override
  public void close() {
    server.stop();
  }
}
