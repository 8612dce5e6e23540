package io.platformapi.service.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** Talks to a platform over HTTP as its callers do. */
public final class PlatformClient {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();
  private final URI url;
  private final Map<String, String> headers;

  public PlatformClient(URI url, String token) {
    this(url, Map.of("Authorization", "Bearer " + token));
  }

  PlatformClient(URI url, Map<String, String> headers) {
    this.url = url;
    this.headers = headers;
  }

  /** The same client with one more header on every request. */
  public PlatformClient with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new PlatformClient(url, more);
  }

  public PlatformClient forTenant(String tenant) {
    return with("X-Tenant-Id", tenant);
  }

  public Answer get(String path) {
    return send("GET", path, null);
  }

  public Answer post(String path, JsonNode body) {
    return send("POST", path, body.toString().getBytes(StandardCharsets.UTF_8));
  }

  public Answer post(String path, byte[] body) {
    return send("POST", path, body);
  }

  public Answer post(String path, String body) {
    return send("POST", path, body.getBytes(StandardCharsets.UTF_8));
  }

  public Answer patch(String path, String body) {
    return send("PATCH", path, body.getBytes(StandardCharsets.UTF_8));
  }

  public Answer delete(String path) {
    return send("DELETE", path, null);
  }

  public Answer put(String path, String body) {
    return send("PUT", path, body.getBytes(StandardCharsets.UTF_8));
  }

  /** Creates a tenant whose LiteLLM team is {@code team_<id>} and whose org is {@code org_<id>}. */
  public void createTenant(String id) {
    createTenant(id, "off");
  }

  /** The same, with {@code userProvisioning}. */
  public void createTenant(String id, String userProvisioning) {
    JsonNode body =
        JSON.valueToTree(
            Map.of(
                "id",
                id,
                "name",
                id,
                "org",
                "org_" + id,
                "plan",
                "test",
                "userProvisioning",
                userProvisioning,
                "litellmTeams",
                List.of("team_" + id)));
    post("/v1/tenants", body).mustBe(201);
  }

  /**
   * Any request.
   *
   * @param contentType of the body; both null when there is none
   */
  public Answer send(String method, String path, String contentType, String body) {
    PlatformClient typed = contentType == null ? this : with("Content-Type", contentType);
    return typed.send(method, path, body == null ? null : body.getBytes(StandardCharsets.UTF_8));
  }

  /** What came back. */
  public record Answer(int status, HttpHeaders headers, String body) {
    public Answer mustBe(int expected) {
      if (status != expected) {
        throw new AssertionError("expected " + expected + " but was " + status + ": " + body);
      }
      return this;
    }

    public JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    public String header(String name) {
      return headers.firstValue(name).orElse(null);
    }

    /** The code of the error envelope; empty when the body is none. */
    public String errorCode() {
      return json().at("/error/code").asText();
    }

    /** The fields that the error names, each once. */
    public SortedSet<String> fields() {
      SortedSet<String> names = new TreeSet<>();
      json().at("/error/details/fields").forEach(f -> names.add(f.get("field").asText()));
      return names;
    }
  }

  private Answer send(String method, String path, byte[] body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url.resolve(path)).timeout(Duration.ofSeconds(60));
    headers.forEach(request::setHeader);
    if (body == null) {
      request.method(method, HttpRequest.BodyPublishers.noBody());
    } else {
      if (!headers.containsKey("Content-Type")) {
        request.header("Content-Type", "application/json");
      }
      request.method(method, HttpRequest.BodyPublishers.ofByteArray(body));
    }
    try {
      HttpResponse<String> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(answer.statusCode(), answer.headers(), answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
