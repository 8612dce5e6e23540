package io.platformapi.service.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** A user's browser on its way to the issuer and back, as far as that can be seen from outside. */
public final class Browser {
  private final HttpClient http = HttpClient.newHttpClient();

  /** What the issuer gives it to bring back to the redirect URI. */
  public Map<String, String> visit(String authorizationUrl) {
    try {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(authorizationUrl)).build(),
              HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 303) {
        throw new AssertionError("the issuer answered " + answer.statusCode() + answer.body());
      }
      return query(answer.headers().firstValue("Location").orElseThrow());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Names and values of a URL's query. */
  public static Map<String, String> query(String url) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String pair : URI.create(url).getRawQuery().split("&")) {
      String[] halves = pair.split("=", 2);
      fields.put(halves[0], URLDecoder.decode(halves[1], StandardCharsets.UTF_8));
    }
    return fields;
  }
}
